// Runs a suite and writes its results to docs/results/<suite>.md, with pictures and the figures of report.html in a table.
import { readRecords } from "@petl/results";
import { benchGlue, outputOf, pageArguments, writePage } from "./pages/page-command.mjs";
import { suitePage } from "./pages/suite-page.mjs";

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
  const [name, ...args] = process.argv.slice(2);
  const page = Object.hasOwn(pages, name ?? "") ? pages[name] : undefined;
  if (page === undefined) {
    console.error(usage);
    return 2;
  }
  const { into, records: given, rest } = pageArguments(args);
  const command = `pnpm suite:page ${[name, ...(given ? ["--records DIR,..."] : []), ...rest].join(" ")}`;
  let directories = given;
  if (directories === undefined) {
    const out = outputOf(rest, `${name}-page`);
    const status = benchGlue(["--preset", name, ...rest, "--out", out]);
    if (status !== 0) return status;
    directories = [out];
  }
  const sets = await Promise.all(directories.map((directory) => readRecords(directory)));
  const records = sets.flatMap((set) => set.records);
  writePage(into, name, await suitePage({ name, ...page, command }, records));
  return 0;
}

process.exitCode = await main();
