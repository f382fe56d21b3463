export { WatchError } from "./follow.js";
export { Journal, type JournalOptions } from "./journal.js";
export { serveSuite, type WatchOptions } from "./serve.js";
export { endingText, type Snapshot } from "./snapshot.js";
