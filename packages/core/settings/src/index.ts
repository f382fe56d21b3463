export { flagName, flagsOf, type SettingFlag } from "./flags.js";
export { type Kind, SettingError } from "./kind.js";
export { type Budget, bytes, choice, names, number, toggle, whole, wholeList } from "./kinds/index.js";
export { type RunOptions, runOptions } from "./run-options.js";
export { defaultsOf, optionalShape, type RecordedValues, recordShape, renamed, suiteShape } from "./schemas.js";
export {
  type CommandName,
  type Field,
  type Fields,
  type Setting,
  type Settings,
  settingsIn,
  type ValuesOf,
} from "./setting.js";
export { suiteFields } from "./suite-fields.js";
export { lengthSettings, mostLossScale, type TrainingValues, trainingSettings } from "./training.js";
export { identityValues, recordedValues, tellingValues, valuesIn, valuesOver } from "./values.js";
