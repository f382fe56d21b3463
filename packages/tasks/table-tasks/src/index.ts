export type { Column } from "@petl/tables";
export { defineCollection, type ParsedCollection, parseCollection, type TaskCollection } from "./collection.js";
export { readColumns } from "./columns.js";
export { defineTask, type ParsedDefinition, parseDefinition, type TaskDefinition } from "./definition.js";
export { type OpenedTask, type OpenTaskOptions, openTableTask } from "./open-table-task.js";
export { tableReader } from "./reader.js";
export { isTableTask, type TableTask } from "./table-task.js";
