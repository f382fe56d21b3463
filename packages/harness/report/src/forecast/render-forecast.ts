import { stackedBars } from "../charts/stacked-bars.js";
import { plainPage } from "../plain/plain-page.js";
import type { ForecastTable } from "./forecast-table.js";

/** What a page about a forecast shows. */
export interface ForecastPage {
  readonly title: string;
  /** Paragraphs before the tables. */
  readonly remarks: readonly string[];
  readonly tables: readonly ForecastTable[];
  /** The peak by method, its parts in the same order everywhere. */
  readonly peaks: readonly {
    readonly label: string;
    readonly parts: Readonly<Record<string, number>>;
    readonly text: string;
  }[];
}

/** Files of a forecast: Markdown, one HTML page and the picture of the peaks. */
export function renderForecast({ title, remarks, tables, peaks }: ForecastPage): ReturnType<typeof plainPage> {
  const picture = {
    picture: "forecast-peak.svg",
    title,
    chart: stackedBars(peaks),
  };
  return plainPage("forecast", {
    title,
    parts: [
      ...remarks.map((text) => ({ text })),
      picture,
      ...tables.flatMap(({ title: heading, rows }) => [{ heading }, { rows }]),
    ],
  });
}
