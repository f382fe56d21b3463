export { isUnreachable, NetworkError, type NetworkErrorCode } from "./errors.js";
export { type GuardOptions, guardedFetch } from "./guarded-fetch.js";
export { mayCarryToken } from "./origins.js";
