/** Seconds since the epoch of a driver timestamp `2026/01/31 12:34:56.789` (local time); null if it is none. */
export function parseTimestamp(text: string): number | null {
  const match = /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const wholeS = new Date(year, month - 1, day, hour, minute, second).getTime() / 1000;
  return wholeS + Number(`0.${match[7] ?? "0"}`);
}
