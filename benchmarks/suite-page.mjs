// Runs a suite and writes its results as a page: docs/results/<suite>.md with its picture, report.html's figures in a table.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultReference, presets } from "@petl/benchmarks";
import { buildReport, renderMarkdown } from "@petl/report";
import { readRecords } from "@petl/results";
import { armLabels } from "./pages/arm-labels.mjs";
import { suiteTable } from "./pages/suite-table.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const pages = {
  "read-ablation": {
    title: "READ without each of its parts",
    text: "Every row changes one thing of READ as it is by default, the second row: its cell, the width of its state, how the states are aggregated, recurrence over layers (without it each layer has a network of its own, so parameters grow with depth), the joiner of encoder and decoder, or how many layers it reads.",
  },
  pareto: {
    title: "Sizes of every method: score against cost",
    text: "Several sizes of each method on one backbone. In bold: memory or time that no other row undercuts at that score or a better one, the Pareto front.",
  },
};
const usage = `usage: pnpm suite:page ${Object.keys(pages).join("|")} [--into DIR] [flags of bench glue, such as --backbone and --data]`;

async function main() {
  const [name, ...rest] = process.argv.slice(2);
  const page = Object.hasOwn(pages, name ?? "") ? pages[name] : undefined;
  if (page === undefined) {
    console.error(usage);
    return 2;
  }
  const at = rest.indexOf("--into");
  const [, into = join(root, "docs/results")] = at === -1 ? [] : rest.splice(at, 2);
  const flags = ["--preset", name, ...rest];
  const out = resolve(root, "reports", `${name}-page`);
  const main = join(root, "packages/cli/dist/main.js");
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const bench = ["glue", ...flags, ...(rest.includes("--out") ? [] : ["--out", out])];
  const { status } = spawnSync(process.execPath, [main, ...bench], { cwd, stdio: "inherit" });
  if (status !== 0) return status ?? 130;
  const written = rest.includes("--out") ? resolve(cwd, rest[rest.indexOf("--out") + 1]) : out;
  await writePage(name, page, `pnpm suite:page ${[name, ...rest].join(" ")}`, written, resolve(cwd, into));
  return 0;
}

async function writePage(name, { title, text }, command, out, into) {
  const { records } = await readRecords(out);
  const model = buildReport(records, { reference: defaultReference });
  if (model.groups.length !== 1)
    throw new Error(
      `${out}: expected runs under one set of conditions, got ${model.groups.length}; remove it and start again`,
    );
  const [group] = model.groups;
  const { files } = renderMarkdown(model, { pictureFolder: `${name}-charts` });
  const picture = files.find((file) => file.name.endsWith("-summary.svg"));
  const facts = [...group.facts, ...group.settings.filter(({ label }) => telling.has(label))];
  const markdown = [
    `# ${title}`,
    text,
    `One backbone this small, few rows and ${seedsOf(group)}: read the order of costs, which are exact for memory, and take small differences of scores for noise. Percentages are of full tuning's cost. Written by \`${command}\`.`,
    ...(picture ? [`![Scores and costs of each row](${picture.name})`] : []),
    suiteTable(group, await armLabels(presets[name], group.variants)),
    facts.map(({ label, value }) => `- **${label}:** ${value}`).join("\n"),
    ...(group.notices.length === 0 ? [] : [group.notices.map((notice) => `- ${notice}`).join("\n")]),
  ].join("\n\n");
  for (const { name: path, content } of [
    ...(picture ? [picture] : []),
    { name: `${name}.md`, content: `${markdown}\n` },
  ]) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), content);
  }
  console.error(`page: ${join(into, `${name}.md`)}`);
}

const telling = new Set(["Epochs", "Batch size", "Learning rate", "Schedule", "Longest input (tokens)", "Dropout"]);

function seedsOf({ facts }) {
  const seeds = facts.find(({ label }) => label === "Seeds")?.value ?? "";
  return seeds.includes(",") ? `seeds ${seeds}` : "one seed";
}

process.exitCode = await main();
