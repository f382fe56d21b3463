import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type RunRecord, readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, writeTasks } from "../bench-command.js";

/** The n-th operation of a kind, in the bench itself or in each of its runs' processes. */
interface Fault {
  readonly where: "bench" | "run";
  readonly kind: string;
  readonly number: number;
  readonly code: string;
}

const injector = pathToFileURL(fileURLToPath(new URL("injector.mjs", import.meta.url))).href;
const onLinux = process.platform === "linux";
const patient = { timeout: 4 * 3_600_000 };
const suite = [
  ...[
    "glue",
    "--backbone",
    "t5-tiny-random",
    "--limit",
    "8",
    "--eval-limit",
    "4",
    "--epochs",
    "2",
    "--batch-size",
    "4",
    "--protocol",
    "dev",
  ],
  ...[
    "--threads",
    "1",
    "--data",
    "glue",
    "--tasks",
    "sst2",
    "--methods",
    "bitfit,ia3",
    "--out",
    "out",
    "--save",
    "--quiet",
  ],
];

const run = (directory: string, env: NodeJS.ProcessEnv = {}) =>
  startBench(suite, directory, { ...env, NODE_OPTIONS: `--import ${injector}` });

/** What must be the same to the last bit, whatever failed before. */
const outcome = ({ id, status, counts, scores, curve, memory }: RunRecord) => ({
  ...{ id, status, counts, curve, best: scores?.best, last: scores?.last, peak: memory?.peakTensorBytes },
});

async function counted(where: Fault["where"]): Promise<{ faults: Fault[]; records: unknown }> {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const log = join(directory, "operations.log");
  expect((await run(directory, { PETL_FAULT_LOG: log, PETL_FAULT_IN: where })).exitCode).toBe(0);
  const numbers = new Map<string, number>();
  const faults = readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line): Fault => {
      const [kind = ""] = line.split(" ");
      const number = (numbers.get(kind) ?? 0) + 1;
      numbers.set(kind, number);
      return { where, kind, number, code: kind === "spawn" ? "EAGAIN" : number % 2 === 0 ? "EIO" : "ENOSPC" };
    });
  return { faults, records: (await readRecords(join(directory, "out"))).records.map(outcome) };
}

/** With PETL_FAULTS=all every operation; else one of each kind, or as many as asked, spread evenly. */
function chosen(faults: readonly Fault[]): Fault[] {
  const asked = process.env.PETL_FAULTS ?? "1";
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const these = faults.filter((fault) => fault.kind === kind);
    const count = asked === "all" ? these.length : Math.min(these.length, Number(asked));
    return Array.from({ length: count }, (_, at) => these[Math.floor(((at + 0.5) / count) * these.length)]!);
  });
}

/** What is wrong after a suite with one failing operation, in words; nothing where all is as it must be. */
async function problemsWith({ where, kind, number, code }: Fault, expected: unknown): Promise<string[]> {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const problems: string[] = [];
  const struck = await run(directory, { PETL_FAULT: `${kind}:${number}:${code}`, PETL_FAULT_IN: where });
  if (![0, 1, 2].includes(struck.exitCode ?? -1)) problems.push(`exit code ${struck.exitCode}`);
  if (/^\s+at /m.test(struck.stderr)) problems.push(`a stack: ${struck.stderr.slice(0, 300)}`);
  if (struck.exitCode !== 0 && struck.stderr.trim() === "" && !struck.stdout.includes("failed"))
    problems.push(`no word, exit code ${struck.exitCode}`);
  const onDisk = await readRecords(join(directory, "out"));
  if (onDisk.problems.length > 0) problems.push(`damaged records: ${JSON.stringify(onDisk.problems)}`);
  const isWhole = onDisk.records.filter(({ status }) => status === "completed").length === 2;
  if (struck.exitCode === 0 && !isWhole) problems.push("exit code 0 without two completed records");

  const again = await run(directory);
  if (again.exitCode !== 0) problems.push(`the same command again: exit code ${again.exitCode}, ${again.stderr}`);
  const { records } = await readRecords(join(directory, "out"));
  if (JSON.stringify(records.map(outcome)) !== JSON.stringify(expected))
    problems.push("other figures than undisturbed");
  return problems;
}

test.runIf(onLinux)(
  "whichever operation fails, records stay whole and the same command again ends as an undisturbed one",
  patient,
  async () => {
    const [inBench, inRuns] = await Promise.all([counted("bench"), counted("run")]);
    expect(inRuns.records).toEqual(inBench.records);
    const faults = [...chosen(inBench.faults), ...chosen(inRuns.faults)];
    const pending = [...faults];
    const found: Record<string, string[]> = {};
    const worker = async (): Promise<void> => {
      for (let fault = pending.shift(); fault !== undefined; fault = pending.shift()) {
        const problems = await problemsWith(fault, inBench.records);
        const name = `${fault.where} ${fault.kind} ${fault.number} ${fault.code}`;
        if (problems.length > 0) found[name] = problems;
        if (process.env.PETL_FAULTS !== undefined) console.log(`${name}: ${problems.join("; ") || "as it must be"}`);
      }
    };
    await Promise.all([worker(), worker()]);
    console.log(`${faults.length} of ${inBench.faults.length + inRuns.faults.length} operations were made to fail`);
    expect(found).toEqual({});
  },
);
