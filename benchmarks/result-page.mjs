// Writes a result page, docs/results/<name>.md with its pictures, from the records of a committed suite (benchmarks/suites/<name>.json).
//   pnpm result:page NAME [--into DIR]     from the archive of records, benchmarks/records/NAME.jsonl.gz
//   pnpm result:page NAME --records DIR[,DIR...] [--into DIR]     from runs at hand, which the archive then holds; what is missing is named
//   pnpm result:page NAME --backbone DIR --data DIR [--out DIR] [any flag of bench glue]     runs first what the archive lacks; resumable
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { recordsOf, unpack, withoutFolders, writeArchive } from "./pages/record-archive.mjs";
import { resultPage } from "./pages/result-page.mjs";
import { resultPages } from "./pages/result-pages.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const suites = join(root, "benchmarks/suites");

async function main() {
  const [name, ...rest] = process.argv.slice(2);
  const page = Object.hasOwn(resultPages, name ?? "") ? resultPages[name] : undefined;
  if (page === undefined) {
    const names = readdirSync(suites).map((file) => basename(file, ".json"));
    console.error(
      `usage: pnpm result:page ${names.join("|")} --records DIR[,DIR...] | flags of bench glue [--into DIR]`,
    );
    return 2;
  }
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const take = (flag) => {
    const at = rest.indexOf(flag);
    return at === -1 ? undefined : rest.splice(at, 2)[1];
  };
  const into = resolve(cwd, take("--into") ?? join(root, "docs/results"));
  const file = join(suites, `${name}.json`);
  const archive = join(root, "benchmarks/records", `${name}.jsonl.gz`);
  let sources = take("--records")
    ?.split(",")
    .map((path) => resolve(cwd, path));
  if (sources === undefined && rest.length === 0) sources = [archive];
  if (sources === undefined) {
    const out = resolve(cwd, take("--out") ?? join(root, "reports", name));
    if (existsSync(archive) && !existsSync(out)) await unpack(archive, out);
    const bench = join(root, "packages/harness/cli/dist/main.js");
    const args = [bench, "glue", "--suite", file, ...rest, "--out", out];
    const { status } = spawnSync(process.execPath, args, { cwd, stdio: "inherit" });
    if (status !== 0 && status !== 1) return status ?? 130; // 1: some run failed, which the page says
    sources = [out];
  }
  const records = (await Promise.all(sources.map(recordsOf))).flat().map(withoutFolders);
  if (sources[0] !== archive && into === join(root, "docs/results")) writeArchive(archive, records);
  const suite = JSON.parse(readFileSync(file, "utf8"));
  const written = resultPage({ name, suite, ...page }, records);
  for (const { name: path, content } of written) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), content);
  }
  spawnSync(join(root, "node_modules/.bin/biome"), ["format", "--write", into], { stdio: "ignore" });
  console.error(`page: ${join(into, `${name}.md`)}`);
  return 0;
}

process.exitCode = await main();
