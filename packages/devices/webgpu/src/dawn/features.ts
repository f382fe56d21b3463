import type { MatrixUnit } from "../kernels/matrix-units.js";
import { isTaken, type ProductFeatures } from "../kernels/product-path.js";

/** The part of `GPUAdapterInfo` that types of WebGPU do not have yet. */
interface MatrixInfo {
  readonly subgroupMatrixConfigs?: Iterable<{
    readonly componentType: string;
    readonly resultComponentType: string;
    readonly M: number;
    readonly N: number;
    readonly K: number;
  }>;
}

const unitsFeature = "chromium-experimental-subgroup-matrix";
const pinFeature = "subgroup-size-control";

/** What an adapter has, where Dawn shows what is unsafe, for products in half precision. */
export function productFeatures({ features, info }: Pick<GPUAdapter, "features" | "info">): ProductFeatures {
  const has = (name: string): boolean => features.has(name as GPUFeatureName);
  const shaderF16 = has("shader-f16");
  if (!has(unitsFeature)) return { shaderF16, units: [], noUnits: "the adapter offers no matrix units" };
  const { subgroupMinSize: least, subgroupMaxSize: most } = info;
  const pinned = least !== most;
  if (!shaderF16 || !has("subgroups") || (pinned && !has(pinFeature)))
    return {
      shaderF16,
      units: [],
      noUnits: `its matrix units need shader-f16 and subgroups of one size, got ${least} to ${most}`,
    };
  const all = [...((info as MatrixInfo).subgroupMatrixConfigs ?? [])];
  const ofHalves = all.filter(
    ({ componentType, resultComponentType }) => componentType === "f16" && resultComponentType === "f32",
  );
  const units = ofHalves.filter(isTaken).map(({ M, N, K }): MatrixUnit => ({ M, N, K, subgroup: most, pinned }));
  const offered = all.map(
    (each) => `${each.componentType} ${each.M}x${each.N}x${each.K} to ${each.resultComponentType}`,
  );
  return {
    shaderF16,
    units: units.sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K),
    noUnits: `its matrix units are none of f16 to f32 in 8 or 16, got ${offered.join(", ") || "none"}`,
  };
}

/** Features that a device must ask for to use what `productFeatures` found. */
export function featuresOf({ shaderF16, units: [unit] }: ProductFeatures): GPUFeatureName[] {
  const names = [
    ...(shaderF16 ? ["shader-f16"] : []),
    ...(unit === undefined ? [] : ["subgroups", unitsFeature, ...(unit.pinned ? [pinFeature] : [])]),
  ];
  return names as GPUFeatureName[];
}
