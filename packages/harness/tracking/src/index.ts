export { TrackingError } from "./errors.js";
export { checkTrackers, openTrackers, type Speech, type TrackerName, trackerNames } from "./open-trackers.js";
export type { TrackedSuite, Tracker } from "./tracker.js";
