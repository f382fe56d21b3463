export { type Budget, budget, bytes } from "./bytes.js";
export { choice, orNone, orWord, text, toggle } from "./choices.js";
export { names, wholeList } from "./lists.js";
export { number, powerOfTwo, whole } from "./numbers.js";
