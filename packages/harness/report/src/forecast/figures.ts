import { methodParams } from "../model/method-params.js";
import { formatBytes, formatCount, formatNumber, formatPercent } from "../text/format.js";
import type { Forecast, ForecastMethod, PredictedStep } from "./forecast.js";
import { forecastLabels } from "./labels.js";

const prefixes = ["", "k", "M", "G", "T", "P", "E"];

/** Operations with the prefix that leaves one to three digits before the point, such as `2.12 M` or `3.4 T`. */
export function formatFlops(flops: number): string {
  const power = flops < 1 ? 0 : Math.min(prefixes.length - 1, Math.floor(Math.log10(flops) / 3));
  return `${formatNumber(flops / 1000 ** power)} ${prefixes[power]}`.trim();
}

/** The parameters a method trains, without the head's, and their share of all. */
export function trainableText(method: ForecastMethod): string {
  const { trained, share } = methodParams(method);
  return `${formatPercent(share ?? 0)} (${formatCount(trained)})`;
}

/** Whether a head answers, which reads tokens and writes none. */
export const hasHead = ({ methods }: Pick<Forecast, "methods">): boolean =>
  methods.some(({ headParams }) => headParams > 0);

/** Tokens of a row, in words. */
export function rowText(
  forecast: Pick<Forecast, "methods">,
  { maxLength, maxTargetLength }: Pick<Forecast["settings"], "maxLength" | "maxTargetLength">,
): string {
  return hasHead(forecast) ? `${maxLength} tokens` : `${maxLength} source and ${maxTargetLength} target tokens`;
}

/** Bytes in powers of 1000. */
export const bytes = (value: number): string => formatBytes(value);

/** A row for each method: its label, then its cells. */
export function methodRows({ methods }: Forecast, cells: (method: ForecastMethod) => readonly string[]): string[][] {
  const labels = forecastLabels(methods);
  return methods.map((method, index) => [labels[index]!, ...cells(method)]);
}

/** Where predictions come from: precision, share of the roofline, share of the power limit where `withPower`. */
export function assumptions(predicted: readonly PredictedStep[], withPower: boolean): string {
  const share = ranged(predicted.map(({ efficiency }) => efficiency));
  const power = ranged(predicted.map(({ powerShare }) => powerShare));
  return [
    predicted[0]?.precision ?? "f32",
    share === "100 %" ? "at best" : `at ${share} of the roofline`,
    ...(withPower ? [power === "100 %" ? "at the power limit" : `at ${power} of the power limit`] : []),
  ].join(", ");
}

/** One share, or the range of several. */
function ranged(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map(formatPercent);
  return least === most ? least! : `${least!.replace(/ %$/, "")} to ${most}`;
}
