import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { jobFolder } from "@petl/bench";
import {
  addSubmission,
  logFolder,
  maxArraySize,
  parseSbatchOption,
  queueStates,
  type SbatchOption,
  type SlurmArray,
  slurmScript,
  splitArrays,
  submissions,
  submit,
} from "@petl/cluster";
import { makeDirectory } from "@petl/files";
import type { ExitCode } from "../exit.js";
import { asStarted } from "../started-as.js";
import type { EngineFlags } from "./engine-flags.js";
import { type HandOver, program, share, workOptions } from "./hand-over.js";

/** Submits what is missing as arrays of Slurm, one after the other where searches make runs depend on each other. */
export async function toSlurm(given: HandOver): Promise<ExitCode> {
  const queue = given.isDry ? { numbers: new Set<number>(), jobs: [] } : await queued(given.out, given.shared.id);
  const { value: largest, reason } = await maxArraySize();
  if (reason !== null) console.error(`note: arrays of at most ${largest} tasks are made, Slurm's default: ${reason}`);
  if (queue.numbers.size > 0)
    console.error(`note: ${queue.numbers.size} runs are in the queue already and are left there`);
  const batches = given.waves.flatMap(({ wave, numbers }): Batch[] => {
    const arrays = splitArrays(
      numbers.filter((number) => !queue.numbers.has(number)),
      largest,
    );
    return arrays.length === 0 ? [] : [{ wave, arrays }];
  });
  return given.isDry ? print(given, batches) : submitAll(given, batches, queue.jobs);
}

/** The arrays of one wave. */
interface Batch {
  readonly wave: number;
  readonly arrays: readonly SlurmArray[];
}

/** The runs of a plan that Slurm has in its queue, and their jobs. */
async function queued(out: string, plan: string): Promise<{ numbers: ReadonlySet<number>; jobs: readonly string[] }> {
  const { tasks } = await queueStates(submissions(out).filter((each) => each.plan === plan));
  const alive = [...tasks].filter(([, { state }]) => state !== "ended");
  return { numbers: new Set(alive.map(([number]) => number)), jobs: [...new Set(alive.map(([, { jobId }]) => jobId))] };
}

interface Part {
  readonly file: string;
  readonly array: SlurmArray;
}

/** The arrays of a wave, with the names of their scripts; `number` counts submissions of the folder. */
function partsOf({ out, shared }: HandOver, { wave, arrays }: Batch, number: number): Part[] {
  return arrays.map((array, part) => {
    const name = [shared.id, number, `wave${wave}`, ...(arrays.length > 1 ? [part + 1] : [])].join("-");
    return { file: join(jobFolder(out), `${name}.sh`), array };
  });
}

function scriptOf(given: HandOver, { file, array }: Part, dependency: readonly string[]): string {
  const { shared, out, flags } = given;
  return slurmScript({
    ...{ name: shared.suite.name, out, file, array, dependency },
    command: program(),
    workOptions: workOptions(given),
    options: optionsOf(flags),
    ...(flags.parallel !== undefined && { concurrent: flags.parallel }),
    ...(flags.setup !== undefined && { setUp: flags.setup }),
  });
}

function optionsOf({
  partition,
  time,
  gres,
  gpusPerRun,
  cpusPerRun,
  mem,
  account,
  constraint,
  sbatch = [],
}: EngineFlags): SbatchOption[] {
  const named = { partition, time, gres, gpus: gpusPerRun, "cpus-per-task": cpusPerRun, mem, account, constraint };
  const given = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return [...given, ...sbatch].map(parseSbatchOption);
}

function print(given: HandOver, batches: readonly Batch[]): ExitCode {
  for (const [index, batch] of batches.entries()) {
    const parts = partsOf(given, batch, 1);
    if (index > 0)
      console.error(
        `note: the next ${parts.length === 1 ? "array begins" : "arrays begin"} once all before have ended`,
      );
    for (const part of parts) console.log(scriptOf(given, part, []));
  }
  return 0;
}

/** `inQueue` are jobs of the plan that were submitted before and have not ended. */
async function submitAll(given: HandOver, batches: readonly Batch[], inQueue: readonly string[]): Promise<ExitCode> {
  const { out, shared } = given;
  if (batches.length === 0) {
    console.log("nothing to submit: every run is done or in the queue");
    return 0;
  }
  share(given);
  makeDirectory(logFolder(out));
  const number = new Set(submissions(out).map(({ at }) => at)).size + 1;
  const at = new Date().toISOString();
  let before: readonly string[] = [];
  for (const batch of batches) {
    const dependency = batch.wave === 1 ? [] : [...new Set([...before, ...inQueue])];
    const jobs: string[] = [];
    for (const part of partsOf(given, batch, number)) {
      writeFileSync(part.file, scriptOf(given, part, dependency), { mode: 0o755 });
      const jobId = await submit(part.file, { dependency });
      addSubmission(out, { jobId, offset: part.array.offset, plan: shared.id, at });
      jobs.push(jobId);
      console.log(
        `submitted job ${jobId}: ${part.array.count} runs${dependency.length === 0 ? "" : `, after ${dependency.join(", ")}`} (${part.file})`,
      );
    }
    before = jobs;
  }
  sayNext(out);
  return 0;
}

function sayNext(out: string): void {
  const lines = [
    `follow it:       pnpm bench status ${out}`,
    `stop it:         pnpm bench cancel ${out}`,
    "submit what is missing later: the same command again",
    `report:          pnpm bench report ${out}`,
  ];
  console.log(asStarted(lines.join("\n")));
}
