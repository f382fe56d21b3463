/** Why each figure that is not here is not: parts, arms, products and runs. */
export function missingSection({ index, training, products, cache }) {
  const items = [
    ...index.parts
      .filter(({ reason }) => reason != null)
      .map(({ name, status, reason }) => `part ${name}: ${status}: ${reason}`),
    ...grouped(training?.arms ?? [], ({ backbone, batch, method }) => `${backbone} ${method}, batch ${batch}`),
    ...notBegun(
      "arms of training",
      training?.notBegun,
      ({ backbone, batch, method, engine }) => `${backbone} ${method} ${batch} ${engine}`,
    ),
    ...grouped(products?.rows ?? [], ({ what }) => what),
    ...notBegun("products", products?.notBegun, ({ what, engine }) => `${what} ${engine}`),
    ...grouped(
      (cache?.runs ?? []).map((run) => ({ ...run, engine: `ours ${run.precision}` })),
      ({ method, mode }) => `${method}, cache ${mode}`,
    ),
    ...notBegun(
      "runs over epochs",
      cache?.notBegun,
      ({ method, mode, precision }) => `${method} cache ${mode} ${precision}`,
    ),
    ...powerReason(training),
  ];
  return [{ heading: "What is missing, and why" }, items.length === 0 ? { text: "Nothing." } : { items }];
}

/** The first of many names. */
const listed = (names) =>
  names.length > 8 ? `${names.slice(0, 6).join("; ")}; ${names.length - 6} more` : names.join("; ");

/** Those that were not measured, by engine and reason: one refusal may stand for many. */
function grouped(all, nameOf) {
  const reasons = new Map();
  for (const each of all.filter(({ status }) => status !== "measured")) {
    const key = `${each.engine}: ${each.status}: ${each.reason}`;
    reasons.set(key, [...(reasons.get(key) ?? []), nameOf(each)]);
  }
  return [...reasons].map(([reason, names]) => `${reason} (${listed(names)})`);
}

const notBegun = (what, all = [], nameOf) =>
  all.length === 0 ? [] : [`${all.length} ${what} were not begun in time: ${listed(all.map(nameOf))}`];

function powerReason(training) {
  if (training === null || training.powerReason === null) return [];
  return [`power, energy and device bytes: ${training.powerReason}`];
}
