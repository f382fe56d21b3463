/** By the most decimals they write: making one is far dearer than using it. */
const numberFormats = Array.from(
  { length: 13 },
  (_, decimals) => new Intl.NumberFormat("en-US", { minimumFractionDigits: 0, maximumFractionDigits: decimals }),
);

/** `value` with three significant digits and no exponent. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const decimals = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(size))));
  return numberFormats[decimals]!.format(value).replace("-", "−");
}

const byteUnits = ["B", "kB", "MB", "GB", "TB"];

/** Bytes as B, kB, MB, GB or TB (powers of 1000). */
export function formatBytes(bytes: number): string {
  let power = 0;
  let rest = bytes;
  while (rest >= 1000 && power < byteUnits.length - 1) {
    rest /= 1000;
    power += 1;
  }
  return `${formatNumber(rest)} ${byteUnits[power]}`;
}

/** Seconds as ms, s, min and s, or h and min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${formatNumber(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${formatNumber(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, "0")} min`;
}

const energyUnits = [
  { name: "kWh", joules: 3.6e6, from: 3.6e6 },
  { name: "Wh", joules: 3600, from: 3.6e5 },
  { name: "kJ", joules: 1e3, from: 1e3 },
  { name: "J", joules: 1, from: 0 },
] as const;

/** Joules in the unit that suits `largest`, so that one column keeps one unit: J, kJ, Wh (3,600 J) or kWh. */
export function formatEnergy(joules: number, largest: number = Math.abs(joules)): string {
  const unit = energyUnits.find(({ from }) => largest >= from) ?? energyUnits[3];
  return `${formatNumber(joules / unit.joules)} ${unit.name}`;
}

/** A whole number with its thousands apart. */
export function formatCount(count: number): string {
  return numberFormats[3]!.format(count);
}

/** A ratio as a percentage: 0.379 is "38 %", 0.0013 is "0.13 %". */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return "0 %";
  const decimals = Math.abs(percent) >= 9.95 ? 0 : Math.min(6, 1 - Math.floor(Math.log10(Math.abs(percent))));
  return `${numberFormats[decimals]!.format(percent)} %`.replace("-", "−");
}

/** A score of 0 to 100 with one decimal. */
export function formatScore(score: number): string {
  const text = score.toFixed(1);
  return text === "-0.0" ? "0.0" : text.replace("-", "−");
}

/** A difference of scores in points, signed unless it rounds to 0. */
export function formatPoints(points: number): string {
  const text = Math.abs(points).toFixed(1);
  if (text === "0.0") return text;
  return `${points < 0 ? "−" : "+"}${text}`;
}
