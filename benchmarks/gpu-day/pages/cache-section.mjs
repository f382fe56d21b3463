import { formatSeconds, linePanels } from "@petl/report";
import { number, percent, ratio } from "./text.mjs";

const nameOf = ({ method, mode, precision }) =>
  `${method} ${precision}${method === "full" ? "" : mode === "off" ? ", no cache" : ", cache"}`;

/** READ over many epochs with and without the activation cache, beside full fine-tuning. */
export function cacheSection(cache) {
  const heading = { heading: "READ with the activation cache" };
  if (cache === null) return [heading, { text: "This part did not run, or left no figures." }];
  const { backbone, batch, stepsAnEpoch, epochs, runs } = cache;
  const measured = runs.filter(({ total }) => total !== null);
  if (measured.length === 0) return [heading, { text: "No run was measured; the last section says why." }];
  const whole = runs.filter(({ status }) => status === "measured");
  const rows = measured.map((run) => {
    const find = (wanted) =>
      whole.find(
        (each) =>
          each.precision === run.precision && Object.entries(wanted).every(([key, value]) => each[key] === value),
      );
    const [uncached, full] = [find({ method: "read", mode: "off" }), find({ method: "full" })];
    const isWhole = run.status === "measured";
    const of = (other, figure) => (isWhole ? percent(ratio(run.total[figure], other?.total[figure])) : "n/a");
    return [
      ...[
        nameOf(run),
        String(run.epochs.length),
        formatSeconds(run.total.timeS),
        number(run.total.grossJ),
        number(run.total.netJ),
      ],
      ...[formatSeconds(run.epochs[0].timeS), formatSeconds(run.epochs.at(-1).timeS)],
      ...[of(uncached, "timeS"), of(full, "timeS"), of(full, "grossJ")],
    ];
  });
  const head = [
    "run",
    "epochs",
    "time",
    "J gross",
    "J net",
    "first epoch",
    "last epoch",
    "of READ without",
    "of full: time",
    "of full: energy",
  ];
  const lines = measured.map((run) => ({
    label: nameOf(run),
    points: run.epochs.map(({ timeS }, index) => [index + 1, 1000 * timeS]),
  }));
  const panel = { title: "Time of an epoch, ms", lines, xName: "epoch" };
  return [
    heading,
    {
      text: `${epochs} epochs of ${stepsAnEpoch} batches of ${batch} rows on ${backbone}; with the cache the backbone runs in the first alone.`,
    },
    { rows: [head, ...rows] },
    { picture: "pictures/cache.svg", title: "Time of each epoch", chart: linePanels([panel], 1) },
  ];
}
