export {
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
