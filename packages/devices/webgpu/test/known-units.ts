import type { MatrixUnit } from "../src/kernels/matrix-units.js";

interface Known {
  readonly adapter: string;
  readonly unit: MatrixUnit;
}

const unit = (M: number, N: number, K: number, subgroup: number, pinned = false): MatrixUnit => ({
  ...{ M, N, K, subgroup, pinned },
});

/** Matrix units of f16 with f32 sums that adapters are known to list. */
export const knownUnits: readonly Known[] = [
  { adapter: "NVIDIA", unit: unit(16, 16, 16, 32) },
  { adapter: "NVIDIA", unit: unit(16, 8, 16, 32) },
  { adapter: "NVIDIA", unit: unit(16, 8, 8, 32) },
  { adapter: "Apple", unit: unit(8, 8, 8, 32) },
  { adapter: "AMD", unit: unit(16, 16, 16, 64, true) },
  { adapter: "llvmpipe", unit: unit(8, 8, 8, 8) },
];

/** For names of tests. */
export const unitName = ({ adapter, unit: { M, N, K, subgroup } }: Known): string =>
  `${adapter} ${M}x${N}x${K} of ${subgroup}`;
