export { type AdamWSettings, adamW } from "./adamw.js";
export { clipScale, globalNorm, unscaleAndClip } from "./clipping.js";
export type { Optimizer, SettingsOf, Tensors, Update } from "./optimizer.js";
export { type Schedule, type ScheduleName, schedule, scheduleNames } from "./schedules.js";
