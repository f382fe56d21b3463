export { dynamicMap } from "./dynamic-map.js";
export {
  type BackboneDtype,
  backboneDtypes,
  type GgufFormat,
  ggufBlocks,
  isGguf,
  type Part,
  type StoredWeight,
  scalesInBlock,
  valuesInBlock,
  type WeightFormat,
  type WeightLayout,
  weightFormats,
  weightLayout,
} from "./format.js";
export { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "./half-floats.js";
export { nf4Values } from "./nf4.js";
export { q5Blocks, q8FromQ5 } from "./q5-blocks.js";
export { readStored, readStoredRange } from "./read.js";
export { storeWeight } from "./store.js";
