// Updates docs/example-report from runs on real GLUE, and with it the pictures and the table of README.md.
//   pnpm example:report --data DIR [--backbone NAME] [any flag of bench glue]   runs what is missing, then writes the report
//   pnpm example:report --from DIR                                             from existing runs, made here or elsewhere
//   pnpm example:report --rebuild                                              writes the report again from the records in docs/
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readRecords, writeRecord } from "@petl/results";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const example = join(root, "docs/example-report");
const figures = join(root, "docs/figures");
const out = join(root, "reports/example");
const tasks = "cola,sst2,mrpc,stsb,qqp,mnli,qnli,rte,wnli";
const defaults = ["--tasks", tasks, "--limit", "256", "--eval-limit", "256", "--epochs", "4"];
/** Larger records would bloat the repository; the report then has no links to them. */
const largestRecords = 2e6;

const [how, from, ...others] = process.argv.slice(2);
const here = process.env.INIT_CWD ?? root;
if (how === "--from" && from !== undefined && others.length === 0) await copyRecords(resolve(here, from));
else if (how !== "--rebuild") {
  await bench(["glue", ...defaults, ...process.argv.slice(2), "--out", out, "--no-progress"]);
  await copyRecords(out);
}
await bench(["report", example, "--plan", "H100,RTX4090", "--format", "html,md,latex,csv"]);
copyFileSync(join(example, "report-charts/group-1-summary.svg"), join(figures, "example-costs.svg"));
await photograph(join(example, "report.html"), join(figures, "example-report.png"));
writeReadme();

async function bench(args) {
  const { status } = spawnSync(process.execPath, [join(root, "packages/harness/cli/dist/main.js"), ...args], {
    cwd: here,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Copies the records without the machine's folder names. */
async function copyRecords(directory) {
  const { records, problems } = await readRecords(directory);
  if (problems.length > 0 || records.length === 0 || records.some(({ status }) => status !== "completed"))
    throw new Error(`${directory}: expected completed records only; run it again`);
  rmSync(example, { recursive: true, force: true });
  mkdirSync(example, { recursive: true });
  for (const record of records) {
    const data = record.data && { ...record.data, directory: null };
    await writeRecord(example, { ...record, data });
  }
  const bytes = records.reduce((sum, { id }) => sum + readFileSync(join(example, "runs", `${id}.json`)).length, 0);
  if (bytes > largestRecords)
    console.error(`the records are ${(bytes / 1e6).toFixed(1)} MB: keep them out of the commit and of the links`);
}

/** The top of the report at 1280 pixels, by Chromium at $CHROMIUM or /usr/bin/chromium. */
async function photograph(page, file) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    console.error(`${file} was not updated: ${executablePath} does not exist; set CHROMIUM to a Chromium executable`);
    return;
  }
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const tab = await browser.newPage({ viewport: { width: 1280, height: 1480 } });
  await tab.goto(pathToFileURL(page).href);
  await tab.screenshot({ path: file });
  await browser.close();
}

/** Puts the picture, and the summary with its subtitle and notices, between their markers in README.md. */
function writeReadme() {
  const readme = join(root, "README.md");
  const report = readFileSync(join(example, "report.md"), "utf8");
  const [, subtitle] = /^# .*\n\n(.*)$/m.exec(report);
  const notices = [...report.matchAll(/^> - (.*)$/gm)].map(([, text]) => text);
  const [, table] = /## Summary\n\n((?:\|.*\n)+)/.exec(report);
  const [, description] = /!\[(.*)\]\(report-charts\/group-1-summary\.svg\)/.exec(report);
  const picture = `![${description}](docs/figures/example-costs.svg)`;
  const summary = [
    table.trim(),
    "",
    `${subtitle}. ${notices.join(" ")} Percentages are relative to full fine-tuning; those of trainable parameters are relative to all parameters. Memory is the highest of the tasks, times are sums.`,
  ].join("\n");
  let text = readFileSync(readme, "utf8");
  for (const [name, block] of Object.entries({ picture, summary })) {
    const [begin, end] = [`<!-- ${name}: written by pnpm example:report -->`, `<!-- /${name} -->`];
    const [before, rest] = text.split(`${begin}\n`);
    const after = rest?.split(`\n${end}`)[1];
    if (after === undefined) throw new Error(`README.md: expected the markers "${begin}" and "${end}", got none`);
    text = `${before}${begin}\n${block}\n${end}${after}`;
  }
  writeFileSync(readme, text);
  const { status } = spawnSync(join(root, "node_modules/.bin/biome"), ["format", "--write", readme], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("README.md could not be formatted; run pnpm format");
  console.log("updated README.md, docs/example-report and docs/figures; look at them before you commit");
}
