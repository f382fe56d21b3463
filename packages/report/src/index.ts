export { buildReport } from "./build-report.js";
export { formatBytes, formatCount, formatEnergy, formatNumber, formatPercent, formatSeconds } from "./format.js";
export type { ReportModel } from "./model.js";
export type { ByteUnit, ReportOptions } from "./options.js";
export { type PlanPage, renderPlan } from "./plan/render-plan.js";
export { renderHtml } from "./render-html.js";
export { type MarkdownOptions, type MarkdownReport, renderMarkdown } from "./render-markdown.js";
export { renderTable } from "./render-table.js";
export { type ResultsJson, type RunResult, resultsJson } from "./results-json.js";
