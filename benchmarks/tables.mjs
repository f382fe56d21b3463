// How fast @petl/tables reads a million rows, and how much memory that takes: each file in a process of its own.
//   node benchmarks/tables.mjs [--rows=1000000] [--python=python3]
// Files are written to a temporary folder. Python writes the Parquet file, as pyarrow does by default: one row group, snappy, dictionaries.
import { spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { readTable } from "@petl/tables";
import { programFlags } from "./program-flags.mjs";

const { values: flags } = programFlags(import.meta.url, {
  options: {
    rows: { type: "string", default: "1000000" },
    python: { type: "string", default: "python3" },
    measure: { type: "string" },
  },
});

if (flags.measure === undefined) await compare(Number(flags.rows));
else await measure(flags.measure);

async function compare(rows) {
  const folder = mkdtempSync(join(tmpdir(), "petl-tables-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = (ending) => join(folder, `rows.${ending}`);
  const jsonLine = (values) => `${JSON.stringify(values)}\n`;
  const csvLine = ({ text, label, score }) => `"${text}",${label},${score}\n`;
  await pipeline(lines(rows, jsonLine), createWriteStream(path("jsonl")));
  await pipeline(lines(rows, csvLine, "text,label,score\n"), createWriteStream(path("csv")));
  const script =
    "import sys, pyarrow.json as j, pyarrow.parquet as p; p.write_table(j.read_json(sys.argv[1]), sys.argv[2])";
  const { status } = spawnSync(flags.python, ["-c", script, path("jsonl"), path("parquet")], { stdio: "inherit" });
  if (status !== 0) console.error("no Parquet: --python=PATH must have pyarrow");
  for (const ending of ["csv", "jsonl", ...(status === 0 ? ["parquet"] : [])]) {
    const { error, stdout, stderr } = spawnSync(
      process.execPath,
      ["--expose-gc", fileURLToPath(import.meta.url), `--measure=${path(ending)}`],
      { encoding: "utf8" },
    );
    if (error || stderr !== "") throw new Error(`${ending}: ${error?.message ?? stderr}`);
    console.log(stdout.trim());
  }
}

/** Rows of a text of about 30 words, a label and a score, the same on every run. */
function* lines(rows, line, head = "") {
  const words = "the a film plot was not very good bad long slow warm but and its cast tells story of who finds".split(
    " ",
  );
  let state = 1;
  const next = (most) => {
    state = (state * 48271) % 2147483647;
    return state % most;
  };
  yield head;
  for (let row = 0; row < rows; row++) {
    const text = Array.from({ length: 20 + next(20) }, () => words[next(words.length)]).join(" ");
    yield line({ text: `${row} ${text}`, label: next(3), score: next(1000) / 7 });
  }
}

async function measure(path) {
  globalThis.gc();
  const before = process.memoryUsage().rss;
  const startMs = performance.now();
  let [characters, reports] = [0, 0];
  const { rows } = await readTable(path, {
    onRow: ({ values }) => {
      characters += values.text.length;
    },
    onProgress: () => {
      reports += 1;
    },
  });
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage();
  const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  const above = process.resourceUsage().maxRSS * 1024 - before;
  const name = path.slice(path.lastIndexOf(".") + 1).padEnd(8);
  const size = statSync(path).size;
  console.log(
    `${name} ${rows.toLocaleString("en-US")} rows, ${megabytes(size)}: ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor time), ` +
      `${Math.round(rows / seconds).toLocaleString("en-US")} rows/s, peak memory ${megabytes(above)} above the process, ` +
      `${reports} reports of progress, ${characters.toLocaleString("en-US")} characters`,
  );
}
