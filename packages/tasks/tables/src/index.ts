export { TableError, type TableErrorCode, type TableErrorDetails } from "./errors.js";
export { type Progress, type ReadTableOptions, readTable, type TableSummary } from "./read-table.js";
export { findSplits, type Splits } from "./splits.js";
export { type Cell, type Column, type Place, placeText, type Row } from "./table.js";
