export { jsonText } from "./json-text.js";
export { type Files, isMethodName, methodFiles } from "./method.js";
export { methodPackage, tools } from "./method-package.js";
export { type ProjectWanted, projectFiles } from "./project.js";
