/** At most six names as "a, b and c", or with another word before the last; of more, five and how many others. */
export function named(labels: readonly string[], joint: "and" | "or" = "and"): string {
  const shown = labels.length > 6 ? [...labels.slice(0, 5), `${labels.length - 5} more`] : labels;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(", ")} ${joint} ${shown.at(-1)}`;
}
