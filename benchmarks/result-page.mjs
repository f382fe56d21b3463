// Writes a result page, docs/results/<name>.md with its pictures, from the records of a committed suite (benchmarks/suites/<name>.json).
// What all pages found goes to docs/results/README.md; with --into, only the page is written.
//   pnpm result:page NAME [--into DIR]     from the archive of records, benchmarks/records/NAME.jsonl.gz
//   pnpm result:page NAME --records DIR[,DIR...] [--into DIR]     from runs at hand, which the archive then holds; what is missing is named
//   pnpm result:page NAME --backbone DIR --data DIR [--out DIR] [any flag of bench glue]     runs first what the archive lacks; resumable
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { benchGlue, outputOf, pageArguments, results, root, writePage } from "./pages/page-command.mjs";
import { recordsOf, unpack, writeArchive } from "./pages/record-archive.mjs";
import { resultPage } from "./pages/result-page.mjs";
import { resultPages } from "./pages/result-pages.mjs";
import { verdictsPage } from "./pages/verdicts-page.mjs";

const suites = join(root, "benchmarks/suites");

async function main() {
  const [name, ...args] = process.argv.slice(2);
  const page = Object.hasOwn(resultPages, name ?? "") ? resultPages[name] : undefined;
  if (page === undefined) {
    const names = readdirSync(suites).map((file) => basename(file, ".json"));
    console.error(
      `usage: pnpm result:page ${names.join("|")} --records DIR[,DIR...] | flags of bench glue [--into DIR]`,
    );
    return 2;
  }
  const { into, records: given, rest } = pageArguments(args);
  const file = join(suites, `${name}.json`);
  const archive = join(root, "benchmarks/records", `${name}.jsonl.gz`);
  let sources = given ?? (rest.length === 0 ? [archive] : undefined);
  if (sources === undefined) {
    const out = outputOf(rest, name);
    if (existsSync(archive) && !existsSync(out)) await unpack(archive, out);
    const status = benchGlue(["--suite", file, ...rest, "--out", out]);
    if (status !== 0 && status !== 1) return status; // 1: some run failed, which the page says
    sources = [out];
  }
  const records = (await Promise.all(sources.map(recordsOf))).flat();
  if (sources[0] !== archive && into === results) writeArchive(archive, records);
  const suite = JSON.parse(readFileSync(file, "utf8"));
  writePage(into, name, await resultPage({ name, suite, ...page }, records));
  if (into === results) writeFileSync(join(into, "README.md"), verdictsPage(into, resultPages));
  spawnSync(join(root, "node_modules/.bin/biome"), ["format", "--write", into], { stdio: "ignore" });
  return 0;
}

process.exitCode = await main();
