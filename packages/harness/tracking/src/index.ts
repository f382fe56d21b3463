export { TrackingError } from "./errors.js";
export { checkTrackers, openTrackers, type TrackerName, trackerNames } from "./open-trackers.js";
export { tensorboardFolder } from "./tensorboard/tensorboard.js";
export type { TrackedSuite, Tracker } from "./tracker.js";
