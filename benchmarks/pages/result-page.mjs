import { givenSettings, parseSuite } from "@petl/bench";
import { buildReport, formatPercent, formatPoints, formatSeconds, markdownTable, renderMarkdown } from "@petl/report";
import { isOf, suiteArms } from "./arm-labels.mjs";
import { checkpointCosts } from "./checkpoint-costs.mjs";

/** Sections of a report that a result page leaves out: they tell more of each run than a reader of a page wants. */
const leftOut = ["## What each further epoch costs", "## Curves", "## How each column was measured"];

/**
 * A suite's records as a page in Markdown with its pictures. What the suite asks for and no record has is named.
 *
 * A page with `checkpoints` is of a suite that ran on each of them, and has what each method cost there in place of a report.
 *
 * @param {{ name: string, title: string, text: string, caveats: readonly string[], checkpoints?: readonly string[], suite: import("@petl/bench").SuiteInput }} page
 * @param {readonly import("@petl/results").RunRecord[]} records
 * @returns {Promise<{ name: string, content: string }[]>} paths are relative to the page
 * @throws Error where there is no completed run
 */
export async function resultPage({ name, title, text, caveats, checkpoints, suite }, records) {
  const { claims, body, files } =
    checkpoints === undefined
      ? reportParts(name, suite, records)
      : { claims: [], body: await checkpointCosts(suite, checkpoints, records), files: [] };
  if (body.length === 0) throw new Error(`${name}: expected completed runs, got none`);
  const page = [
    `# ${title}`,
    text,
    ["Before any figure:", ...caveats.map((caveat) => `- ${caveat}`)].join("\n"),
    ...claims,
    ...(await missing(suite, records, checkpoints)),
    `Written by \`pnpm result:page ${name}\` from the records of [\`benchmarks/suites/${name}.json\`](../../benchmarks/suites/${name}.json).`,
    body.join("\n").trim(),
  ];
  const content = `${page.join("\n\n")}\n`;
  const pictures = files.filter((file) => content.includes(file.name));
  return [...pictures, { name: `${name}.md`, content }];
}

/** Of a report: READ beside its paper's claims, the sections that a page has, none without a completed run, and its pictures. */
function reportParts(name, suite, records) {
  const model = buildReport(records, { reference: suite.reference ?? null });
  if (model.groups.every(({ summary }) => summary.length === 0)) return { claims: [], body: [], files: [] };
  const { markdown, files } = renderMarkdown(model, { pictureFolder: `${name}-charts` });
  const body = sectionsOf(markdown).filter((section) => !leftOut.some((heading) => section.startsWith(heading)));
  return { claims: model.groups.flatMap((group) => besideThePaper(group, model.groups.length > 1)), body, files };
}

/** A report without its title, divided before each heading of the second level. */
function sectionsOf(markdown) {
  const [, ...lines] = markdown.split("\n");
  return lines.join("\n").split(/\n(?=## )/);
}

/** What READ's paper claims against full tuning, and what was measured here with each of its settings; none without both. */
function besideThePaper(group, isOneOfSeveral) {
  const reference = group.variants.find(({ id }) => id === group.reference);
  const reads = group.variants.flatMap(({ id, method, label }) => {
    const row = group.summary.find(({ variant }) => variant === id);
    const pair = group.standings.means[0]?.differences.find(
      ({ first, second }) => [first, second].includes(id) && [first, second].includes(group.reference),
    );
    return method === "read" && row?.means[0] !== undefined ? [{ id, label, row, mean: row.means[0], pair }] : [];
  });
  if (reads.length === 0 || reference?.method !== "full") return [];
  const change = ({ value, relative, reason, note }) =>
    value === null || relative === null
      ? `not measured: ${reason}`
      : [signedPercent(relative - 1), note].filter(Boolean).join("; ");
  const costs = (name) => reads.map(({ row }) => change(row.costs[name]));
  const columns = reads.length === 1 ? ["Here"] : reads.map(({ label }) => label);
  const memory = "peak tensor memory of the task that needs most";
  const [{ mean }] = reads;
  const rows = [
    ["Training memory", "−56 %", ...costs("peakTensorBytes"), memory],
    ["GPU energy", "−84 %", ...costs("trainEnergyJ"), "energy of training"],
    ["Training time", "not given", ...costs("trainTimeS"), "sum over tasks"],
    ["Quality", "equal", ...reads.map((read) => quality(read)), `${mean.name}, points against full tuning`],
  ];
  return [
    `## READ beside its paper's claims${isOneOfSeveral ? `: ${group.name}` : ""}`,
    markdownTable(["", "The paper", ...columns, "Of what"], rows),
    ...reads.map((read) => `${reads.length === 1 ? "" : `**${read.label}**: `}${conclusion(read)}`),
  ];
}

function quality({ pair, id, mean }) {
  if (pair === undefined) return `${formatPoints(mean.relative)}, not tested`;
  const sign = pair.first === id ? 1 : -1;
  const [low, high] = [sign * pair.low, sign * pair.high].sort((a, b) => a - b);
  return `${formatPoints(sign * pair.points)} (95 % interval ${formatPoints(low)} to ${formatPoints(high)})`;
}

/** What holds and what does not, from the same figures. */
function conclusion({ row: { costs }, pair, id }) {
  const memory = costs.peakTensorBytes.relative;
  const saved =
    memory === null
      ? ""
      : `READ needs ${formatPercent(memory)} of full tuning's tensor memory, ${memory <= 0.44 ? "so the paper's saving holds" : "less than the paper's saving"}. `;
  const time =
    costs.trainTimeS.value === null
      ? ""
      : `It trains in ${formatSeconds(costs.trainTimeS.value)}${costs.trainTimeS.relative === null ? "" : `, ${formatPercent(costs.trainTimeS.relative)} of full tuning's time`}. `;
  if (pair === undefined) return `${saved}${time}Whether the quality is equal was not tested.`;
  const ahead = (pair.first === id) === pair.points > 0;
  const told = ahead
    ? "READ scores higher than full tuning"
    : "full tuning scores higher, so equal quality does not hold here";
  return `${saved}${time}${pair.isTold ? `By the test below, ${told}.` : "Its score cannot be told from full tuning's."}`;
}

const signedPercent = (share) => `${share < 0 ? "−" : "+"}${formatPercent(Math.abs(share))}`;

/** The final runs that the suite asks for and no completed record is, a line a checkpoint, task and number of rows. */
async function missing(suite, records, checkpoints) {
  const completed = records.filter(({ status, run }) => status === "completed" && run.stage === "final");
  const lines =
    checkpoints === undefined ? await missingOf(suite, completed) : await missingOn(checkpoints, suite, completed);
  const all = lines.map((line) => `- ${line}`);
  return all.length === 0 ? [] : [["**Missing so far**, as the runs were not finished:", ...all].join("\n")];
}

async function missingOn(checkpoints, suite, finals) {
  const lines = await Promise.all(
    checkpoints.map(async (checkpoint) => {
      const own = finals.filter(({ run }) => run.backbone === checkpoint);
      return own.length === 0
        ? [`${checkpoint}: all runs`]
        : (await missingOf(suite, own)).map((line) => `${checkpoint}, ${line}`);
    }),
  );
  return lines.flat();
}

async function missingOf(suite, finals) {
  const { tasks, seeds = [0], limit = null } = suite;
  const arms = await suiteArms(suite);
  const parsed = parseSuite(suite, `suite ${suite.name}`);
  return tasks.flatMap((task) =>
    [limit].flat().flatMap((rows) => {
      const ofRows = finals.filter(({ run }) => run.task === task && run.settings.limit === rows);
      const open = arms.filter((arm) => {
        const { learningRate: _searched, ...asked } = givenSettings(parsed, task, arm.settings);
        const own = ofRows.filter(({ run }) => isOf(arm, run) && isTrainedWith(asked, run.settings));
        return seeds.some((seed) => own.every(({ run }) => run.seed !== seed));
      });
      if (open.length === 0) return [];
      const where = Array.isArray(limit) ? `${task}, ${rows} rows` : task;
      return [`${where}: ${open.length === arms.length ? "all methods" : open.map(({ label }) => label).join("; ")}`];
    }),
  );
}

const isTrainedWith = (asked, settings) => Object.entries(asked).every(([key, value]) => settings[key] === value);
