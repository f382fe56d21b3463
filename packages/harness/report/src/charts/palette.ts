/** Colours by name, as CSS variables in the HTML page and as fixed values in picture files. */
export const lightPalette: Readonly<Record<string, string>> = {
  text: "#1c1e21",
  muted: "#5c636b",
  line: "#d9dde2",
  surface: "#ffffff",
  "series-0": "#5b6470",
  "series-1": "#1f6fb2",
  "series-2": "#c8571b",
  "series-3": "#128a63",
  "series-4": "#a03a8a",
  "series-5": "#9a7400",
  "series-6": "#3d55c8",
  "series-7": "#b3304a",
  "series-8": "#0f7f8f",
  "series-9": "#7a4a2b",
  "series-10": "#7d4fd0",
  "series-11": "#5c7a14",
};

export const darkPalette: Readonly<Record<string, string>> = {
  text: "#e7e9ec",
  muted: "#a2a9b2",
  line: "#3a4048",
  surface: "#16191d",
  "series-0": "#a7b0bc",
  "series-1": "#5fb0f0",
  "series-2": "#f0935a",
  "series-3": "#4cc79c",
  "series-4": "#de84c8",
  "series-5": "#dcb84a",
  "series-6": "#94a6ff",
  "series-7": "#f27f95",
  "series-8": "#4fc3d4",
  "series-9": "#c99c78",
  "series-10": "#b99cff",
  "series-11": "#a9c94f",
};

/** Colours after the grey of `series-0`. */
export const hues = 11;

/** The colour of the n-th of several things without a name to keep; the first is grey, and after the last hue they repeat. */
export function seriesColour(index: number): string {
  return `var(--series-${index === 0 ? 0 : ((index - 1) % hues) + 1})`;
}

/** CSS declarations of a palette. */
export function cssVariables(palette: Readonly<Record<string, string>>): string {
  return Object.entries(palette)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(" ");
}
