// How long `bench report`, `bench status` and `bench glue --dry-run` take on 10,000 runs, how long a job script is, and their most memory, each in a process of its own.
//   node benchmarks/many-runs.mjs [--shape=dev,tuned] [--arms=100] [--rows=500] [--epochs=8] [--data=sample] [--keep=DIR]
// The records are synthetic: a suite is planned as it would run, and each run gets what a run of an archive took and answered, changed
// a little and cut to the suite's epochs and evaluation rows. Both shapes have four tasks: dev 25 seeds, tuned 14 trials of each search and 11 seeds.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSuite, planSuite, sharedPlan, shareOutput } from "@petl/bench";
import { writeRecord } from "@petl/results";
import { recordsLike } from "./many-runs/records-like.mjs";
import { recordsOf } from "./pages/record-archive.mjs";
import { programFlags } from "./program-flags.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const bench = join(here, "../packages/harness/cli/dist/main.js");
const { values: flags } = programFlags(import.meta.url, {
  options: {
    shape: { type: "string", default: "dev,tuned" },
    arms: { type: "string", default: "100" },
    rows: { type: "string", default: "500" },
    epochs: { type: "string", default: "8" },
    data: { type: "string", default: "sample" },
    keep: { type: "string" },
  },
});

const asked = (path) => resolve(process.env.INIT_CWD ?? ".", path);
const folder = flags.keep === undefined ? mkdtempSync(join(tmpdir(), "petl-many-runs-")) : asked(flags.keep);
if (flags.keep === undefined) process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const data = flags.data === "sample" ? flags.data : asked(flags.data);
const archive = await recordsOf(join(here, "records/glue-minilm.jsonl.gz"));

for (const protocol of flags.shape.split(",")) {
  const suite = suiteOf(protocol, Number(flags.arms));
  const out = join(folder, protocol);
  mkdirSync(out, { recursive: true });
  const suiteFile = join(folder, `${protocol}.json`);
  writeFileSync(suiteFile, JSON.stringify(suite));
  const plan = await planSuite(parseSuite(suite), { directory: folder });
  shareOutput(plan, out, sharedPlan(plan, { directory: folder, searchOnly: false }));
  const dryRun = ["glue", "--suite", suiteFile, "--dry-run", "--out"];
  await measure(`${protocol}, dry run, nothing done`, [...dryRun, join(folder, "none")]);
  const scripts = await measure(`${protocol}, scripts for Slurm`, [
    ...dryRun,
    join(folder, "none"),
    "--engine",
    "slurm",
  ]);
  const longest = Math.max(...scripts.split("#!/bin/bash").map((text) => Buffer.byteLength(text)));
  console.log(`${protocol}, longest script for Slurm: ${(longest / 1000).toFixed(1)} kB`);
  const records = recordsLike(plan, archive);
  for (const record of records) await writeRecord(out, record);
  await measure(`${protocol}, dry run, ${records.length} runs done`, [...dryRun, out]);
  await measure(`${protocol}, status of ${records.length} runs`, ["status", out]);
  await measure(`${protocol}, report of ${records.length} records`, ["report", out]);
}

function suiteOf(protocol, arms) {
  return {
    ...{
      name: "many-runs",
      protocol,
      data,
      backbone: "mini",
      device: "cpu",
      limit: 256,
      evalLimit: Number(flags.rows),
    },
    methods: Array.from({ length: arms }, (_, index) => ({ method: "lora", config: { rank: index + 1 } })),
    tasks: ["sst2", "rte", "mrpc", "stsb"],
    seeds: Array.from({ length: protocol === "dev" ? 25 : 11 }, (_, seed) => seed),
    trials: protocol === "dev" ? 0 : 8,
    settings: { epochs: Number(flags.epochs) },
  };
}

/** Runs a command of the program, prints its wall clock, processor time and most resident memory, and returns what it printed. */
async function measure(name, args) {
  const startMs = performance.now();
  const usage = "process.on('exit', () => process.stderr.write('\\nusage ' + JSON.stringify(process.resourceUsage())))";
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(usage)}`, bench, ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let [printed, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const code = await new Promise((done) => child.on("close", done));
  if (code !== 0) throw new Error(`bench ${args.join(" ")}: exit code ${code}\n${errors}`);
  const wallS = (performance.now() - startMs) / 1000;
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(/\nusage (.*)$/.exec(errors)[1]);
  const processorS = (userCPUTime + systemCPUTime) / 1e6;
  const figures = [`${wallS.toFixed(1)} s`, `processor ${processorS.toFixed(1)} s`, `${Math.round(maxRSS / 1024)} MiB`];
  console.log(`${name.padEnd(40)} ${figures.join(", ")}`);
  return printed;
}
