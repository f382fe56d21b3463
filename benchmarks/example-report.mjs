// Updates docs/example-report from the records of a result page's suite, and with it the pictures and the table of README.md.
//   pnpm example:report            from the archive of the page's records, benchmarks/records/glue-minilm.jsonl.gz
//   pnpm example:report PATH       from another archive, or an output directory of bench glue
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { defaultReference, published } from "@petl/presets";
import { buildReport, writeReports } from "@petl/report";
import { chromium } from "playwright-core";
import { recordsOf } from "./pages/record-archive.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const example = join(root, "docs/example-report");
const figures = join(root, "docs/figures");
const archive = join(root, "benchmarks/records/glue-minilm.jsonl.gz");

const [from = archive] = process.argv.slice(2);
const records = await recordsOf(resolve(process.env.INIT_CWD ?? root, from));
rmSync(example, { recursive: true, force: true });
const model = buildReport(records, { reference: defaultReference, published });
await writeReports(example, model, ["html", "md", "latex", "csv"]);
copyFileSync(join(example, "report-charts/group-1-summary.svg"), join(figures, "example-costs.svg"));
await photograph(join(example, "report.html"), join(figures, "example-report.png"));
writeReadme();

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
