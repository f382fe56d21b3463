// Runs a suite and writes its results to docs/results/<suite>.md, with pictures and the figures of report.html in a table.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readRecords } from "@petl/results";
import { suitePage } from "./pages/suite-page.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const pages = {
  "read-ablation": {
    title: "READ without each of its parts",
    text: "The second row is READ with its defaults. Each row below changes one part: the cell, the state width, the aggregation of states, recurrence over layers (without it each layer has a separate network, so parameters grow with depth), the joiner of encoder and decoder, or the number of layers it reads.",
  },
  pareto: {
    title: "Sizes of every method: score against cost",
    text: "Several sizes of each method on one backbone. Bold marks the Pareto front: no other row reaches that score or a better one with less memory or time.",
  },
  "low-data": {
    title: "Few examples: the cost of training until the score stops rising",
    text: "READ's authors report that its saving shrinks on small data, because it needs more epochs. Here every method trains with more and more rows, each time until 300 updates and a whole epoch brought no better score (3,000 updates at most). READ runs with and without [the activation cache](../activation-cache.md), which is on by default. Times cover the whole training, so a method that stops early is cheap. Memory is the highest of all runs. Bold: no other row reaches that score or a better one in less time.",
  },
};
const usage = `usage: pnpm suite:page ${Object.keys(pages).join("|")} [--into DIR] [flags of bench glue, such as --backbone and --data]
       pnpm suite:page NAME --records DIR[,DIR...] [--into DIR]    from existing runs, such as a suite run in parts`;

async function main() {
  const [name, ...rest] = process.argv.slice(2);
  const page = Object.hasOwn(pages, name ?? "") ? pages[name] : undefined;
  if (page === undefined) {
    console.error(usage);
    return 2;
  }
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const take = (flag) => {
    const at = rest.indexOf(flag);
    return at === -1 ? undefined : rest.splice(at, 2)[1];
  };
  const into = resolve(cwd, take("--into") ?? join(root, "docs/results"));
  let directories = take("--records")
    ?.split(",")
    .map((directory) => resolve(cwd, directory));
  const command = `pnpm suite:page ${[name, ...(directories ? ["--records DIR,..."] : []), ...rest].join(" ")}`;
  if (directories === undefined) {
    const out = resolve(cwd, take("--out") ?? join(root, "reports", `${name}-page`));
    const bench = ["glue", "--preset", name, ...rest, "--out", out];
    const main = join(root, "packages/harness/cli/dist/main.js");
    const { status } = spawnSync(process.execPath, [main, ...bench], { cwd, stdio: "inherit" });
    if (status !== 0) return status ?? 130;
    directories = [out];
  }
  const sets = await Promise.all(directories.map((directory) => readRecords(directory)));
  const records = sets.flatMap((set) => set.records);
  for (const { name: path, content } of await suitePage({ name, ...page, command }, records)) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), content);
  }
  console.error(`page: ${join(into, `${name}.md`)}`);
  return 0;
}

process.exitCode = await main();
