export { addedBiases, chainHooks, trainedBiases } from "./added-biases.js";
export { ConfigReader } from "./config.js";
export {
  type Activation,
  type Attachment,
  type Backbone,
  defineMethod,
  type Hook,
  type HookContext,
  type InputHook,
  type Layout,
  type LayoutFiles,
  type NarrowBlocks,
  type Params,
  type PetlMethod,
  type ReadAt,
  type SideNetwork,
  type Site,
  type SiteKind,
  type StepContext,
  type Tuned,
} from "./contract.js";
export { AttachmentError, ConfigError } from "./errors.js";
export { backwardDepth, gradientStart } from "./gradient-start.js";
export { linearParams } from "./linear-params.js";
export {
  type LowRankConfig,
  lowRankConfig,
  lowRankFactors,
  lowRankProduct,
  lowRankSites,
  type TargetConfig,
  targetConfig,
  updatedWeights,
} from "./low-rank.js";
export { type Axis, axesOf, copyWidths, linearAxes } from "./narrow-stack/axes.js";
export { freshCopies } from "./narrow-stack/fresh-copies.js";
export { type NarrowStack, narrowStack } from "./narrow-stack/narrow-stack.js";
export { peftFiles, peftTensors } from "./peft-files.js";
export { parentModule, publishedBlock, publishedModule } from "./published-module.js";
export { type StackName, type StackSites, stackSites } from "./stack-sites.js";
export type { Projection, TensorSettings } from "./tensor-settings.js";
