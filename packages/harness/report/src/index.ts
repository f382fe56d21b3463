export { buildReport } from "./build/build-report.js";
export { busyMachine } from "./build/busy-machine.js";
export { type CountedFlops, withPscp } from "./build/with-pscp.js";
export { type BarPanel, barPanels } from "./charts/bar-panels.js";
export { type LinePanel, linePanels, renderLinePanels } from "./charts/line-panels.js";
export { seriesColour } from "./charts/palette.js";
export type { ChartOption } from "./charts/render-svg.js";
export { type StackedBar, stackedBars } from "./charts/stacked-bars.js";
export { ForeignFileError, type GeneratedFile, writeGenerated } from "./files/generated-files.js";
export { readTraces } from "./files/read-traces.js";
export { recordFiles } from "./files/record-files.js";
export { type ReportFormat, writeReports } from "./files/write-reports.js";
export type { Forecast, ForecastView } from "./forecast/forecast.js";
export { forecastFiles } from "./forecast/forecast-files.js";
export { forecastTitle } from "./forecast/overview-table.js";
export { quotedForecast } from "./forecast/quoted-forecast.js";
export { forecastTables } from "./forecast/terminal.js";
export { renderCsv } from "./formats/render-csv.js";
export { renderHtml } from "./formats/render-html.js";
export { renderLatex } from "./formats/render-latex.js";
export { type MarkdownOptions, type MarkdownReport, renderMarkdown } from "./formats/render-markdown.js";
export { renderTable, type TerminalOptions } from "./formats/render-table.js";
export { type ResultsJson, type RunResult, resultsJson, type TrialResult } from "./formats/results-json.js";
export { methodParams } from "./model/method-params.js";
export type { ReportModel } from "./model/model.js";
export type { ReportOptions } from "./model/options.js";
export { type PscpCosts, pscp } from "./model/pscp.js";
export type { PlannedTable, PublishedTable } from "./model/quoted.js";
export type { RunTrace, TracePoint, TraceWindow } from "./model/trace.js";
export { type PagePart, type PlainPage, pictureFile, plainPage } from "./plain/plain-page.js";
export { type Better, paretoFront } from "./statistics/pareto.js";
export {
  formatBytes,
  formatCount,
  formatEnergy,
  formatNumber,
  formatPercent,
  formatPoints,
  formatSeconds,
} from "./text/format.js";
export { markdownTable } from "./text/markdown-table.js";
export { scoreText } from "./views/figures.js";
