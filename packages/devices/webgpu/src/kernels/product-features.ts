import type { MatrixUnit } from "./matrix-units.js";
import { isTaken, type ProductFeatures } from "./product-path.js";

/** What Dawn says of an adapter's matrix units, which types of WebGPU do not have yet. */
interface UnitInfo {
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
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

/** The part of an adapter that decides. */
export interface Examined {
  readonly features: { has(name: string): boolean };
  readonly info: UnitInfo;
  readonly limits: { readonly maxComputeWorkgroupStorageSize: number };
}

/** Bytes of workgroup memory that programs for matrix units need at least. */
const unitBytes = 32 * 2 ** 10;

/** What an adapter has, where Dawn shows what is unsafe, for products in half precision. */
export function productFeatures({ features, info, limits }: Examined): ProductFeatures {
  const shaderF16 = features.has("shader-f16");
  const none = (noUnits: string): ProductFeatures => ({ shaderF16, units: [], noUnits });
  if (!features.has(unitsFeature)) return none("the adapter offers no matrix units");
  const { subgroupMinSize: least = 0, subgroupMaxSize: most = 0 } = info;
  const pinned = least !== most;
  if (!shaderF16 || !features.has("subgroups") || most === 0)
    return none("its matrix units need shader-f16 and subgroups");
  if (pinned && !features.has(pinFeature))
    return none(`its subgroups have ${least} to ${most} threads, and it cannot be told which to use`);
  const { maxComputeWorkgroupStorageSize: bytes } = limits;
  if (bytes < unitBytes) return none(`matrix units need ${unitBytes} bytes of workgroup memory, got ${bytes}`);
  const all = [...(info.subgroupMatrixConfigs ?? [])];
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
