// Writes what was measured into the model card of @petl/backbone-mini:
// `pnpm mini:card PRETRAIN_DIR RECORDS_DIR...`, records of the preset `transfer` with --backbone mini and mini-random.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { formatCount, formatNumber, formatSeconds, renderLinePanels } from "@petl/report";
import { readRecords } from "@petl/results";
import { mean, sampleStandardDeviation } from "simple-statistics";
import { table } from "./pages/table.mjs";

const here = process.env.INIT_CWD ?? process.cwd();
const [pretrained, ...measured] = process.argv.slice(2).map((path) => resolve(here, path));
const card = new URL("../packages/backbone-mini/", import.meta.url);

const { settings, files } = JSON.parse(readFileSync(resolve(pretrained, "settings.json"), "utf8"));
const points = readFileSync(resolve(pretrained, "curve.jsonl"), "utf8").trim().split("\n").map(JSON.parse);
const sets = await Promise.all(measured.map((directory) => readRecords(directory)));
const records = sets.flatMap((set) => set.records).filter(({ status }) => status === "completed");

function training() {
  const tokens = points.reduce((sum, point) => sum + point.tokens, 0);
  const seconds = points.reduce((sum, point) => sum + point.tokens / point.tokensPerS, 0);
  const last = points.at(-1);
  const nats = (value) => `${formatNumber(value, 3)} nats`;
  const sources = new Map(files.map((file) => [file.sha256, file]));
  return [
    table(
      ["text", "tokens", "times in the mix", "sha256"],
      [...sources.values()].map(({ path, tokens, sha256 }) => [
        basename(path),
        formatCount(tokens),
        files.filter((file) => file.sha256 === sha256).length,
        `\`${sha256.slice(0, 16)}…\``,
      ]),
    ),
    table(
      ["figure", "value"],
      [
        ["updates", formatCount(last.step)],
        ["tokens seen", formatCount(tokens)],
        ["time in updates", formatSeconds(seconds)],
        ["held-out loss, T5's own, sentinels included", nats(last.heldOutLoss)],
        ["held-out loss of text tokens", nats(last.wordLoss)],
        ["the same by token frequencies alone", nats(last.unigramLoss)],
        ["first token of a span, by the encoder", nats(last.encoderLoss)],
        ["masked tokens anywhere, by the decoder's first position", nats(last.summaryLoss)],
      ],
    ),
    `Settings: ${Object.entries(settings)
      .map(([name, value]) => `\`${name}\` ${value}`)
      .join(", ")}.`,
  ].join("\n\n");
}

function curve() {
  const line = (label, field) => ({ label, points: points.map((point) => [point.step, point[field]]) });
  const panels = [
    { title: "held-out text tokens", lines: [line("model", "wordLoss"), line("token frequencies", "unigramLoss")] },
    { title: "encoder, first token of a span", lines: [line("model", "encoderLoss")] },
    { title: "summary, masked tokens", lines: [line("model", "summaryLoss")] },
  ];
  return renderLinePanels(
    panels.map((panel) => ({ ...panel, xName: "update", yName: "nats" })),
    panels.length,
  );
}

const isRandom = ({ backboneSource }) => backboneSource?.kind === "random";
const distinct = (values) => [...new Set(values)];
const scoresOf = (some) => some.map(({ scores }) => scores.last.score);
const oneDigit = (value) => (Math.round(10 * value) / 10 + 0).toFixed(1); // no -0.0
const shown = (scores) => {
  if (scores.length === 0) return "-";
  const spread = scores.length > 1 ? ` ± ${sampleStandardDeviation(scores).toFixed(1)}` : "";
  return `${oneDigit(mean(scores))}${spread}`;
};

/** How many pooled standard deviations lie between two means, in brackets; nothing for single seeds. */
function inPooledDeviations(one, other) {
  if (one.length < 2 || other.length < 2) return "";
  const pooled = Math.sqrt((sampleStandardDeviation(one) ** 2 + sampleStandardDeviation(other) ** 2) / 2);
  return ` (${((mean(one) - mean(other)) / pooled).toFixed(1)})`;
}

/** Records of one task with as many rows and epochs, which are compared with each other; by task, fewest rows first. */
function comparable() {
  const groups = new Map();
  for (const record of records) {
    const [task, rows, epochs] = [record.run.task, record.data.trainExamples, record.run.settings.epochs];
    const key = [task, rows, epochs].join();
    const group = groups.get(key) ?? { task, rows, epochs, records: [] };
    group.records.push(record);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (one, other) => one.task.localeCompare(other.task, "en") || one.rows - other.rows || one.epochs - other.epochs,
  );
}

function transfer() {
  const methods = distinct(records.map(({ run }) => run.method)).sort();
  const lines = comparable().map(({ task, rows, epochs, records: group }) => {
    const seeds = distinct(group.map(({ run }) => run.seed)).length;
    const scores = methods.map((method) => {
      const own = group.filter(({ run }) => run.method === method);
      const [random, mini] = [own.filter(isRandom), own.filter((record) => !isRandom(record))].map(scoresOf);
      if (random.length !== mini.length)
        throw new Error(`${method} on ${task}: ${mini.length} and ${random.length} seeds`);
      return mini.length === 0 ? "-" : `${shown(mini)} / ${shown(random)}${inPooledDeviations(mini, random)}`;
    });
    return [task, formatCount(rows), epochs, seeds, ...scores];
  });
  return table(["task", "rows", "epochs", "seeds, at most", ...methods], lines);
}

const readme = new URL("README.md", card);
const blocks = { training, transfer };
writeFileSync(
  readme,
  readFileSync(readme, "utf8").replace(
    /(<!-- begin (\w+) -->)[\s\S]*?(<!-- end \2 -->)/g,
    (_, begin, name, end) => `${begin}\n\n${blocks[name]()}\n\n${end}`,
  ),
);
writeFileSync(new URL("curve.svg", card), curve());
