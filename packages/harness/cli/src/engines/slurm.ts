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
  const inQueue = given.isDry ? new Set<number>() : await queued(given.out, given.shared.id);
  const waves = given.waves
    .map((wave) => wave.filter((number) => !inQueue.has(number)))
    .filter((wave) => wave.length > 0);
  const { value: largest, reason } = await maxArraySize();
  if (reason !== null) console.error(`note: arrays of at most ${largest} tasks are made, Slurm's default: ${reason}`);
  if (inQueue.size > 0) console.error(`note: ${inQueue.size} runs are in the queue already and are left there`);
  const arrays = waves.map((wave) => splitArrays(wave, largest));
  return given.isDry ? print(given, arrays) : submitAll(given, arrays);
}

/** The runs of a plan that Slurm has in its queue. */
async function queued(out: string, plan: string): Promise<Set<number>> {
  const { tasks } = await queueStates(submissions(out).filter((each) => each.plan === plan));
  return new Set([...tasks].flatMap(([number, { state }]) => (state === "ended" ? [] : [number])));
}

interface Part {
  readonly file: string;
  readonly array: SlurmArray;
}

/** The arrays of each wave, with the names of their scripts. */
function partsOf({ out, shared }: HandOver, waves: readonly (readonly SlurmArray[])[], number: number): Part[][] {
  return waves.map((arrays, wave) =>
    arrays.map((array, part) => {
      const name = [shared.id, number, `wave${wave + 1}`, ...(arrays.length > 1 ? [part + 1] : [])].join("-");
      return { file: join(jobFolder(out), `${name}.sh`), array };
    }),
  );
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

function print(given: HandOver, waves: readonly (readonly SlurmArray[])[]): ExitCode {
  for (const [wave, parts] of partsOf(given, waves, 1).entries()) {
    if (wave > 0)
      console.error(
        `note: the next ${parts.length === 1 ? "array begins" : "arrays begin"} once all before have ended`,
      );
    for (const part of parts) console.log(scriptOf(given, part, []));
  }
  return 0;
}

async function submitAll(given: HandOver, waves: readonly (readonly SlurmArray[])[]): Promise<ExitCode> {
  const { out, shared } = given;
  if (waves.length === 0) {
    console.log("nothing to submit: every run is done or in the queue");
    return 0;
  }
  share(given);
  makeDirectory(logFolder(out));
  const number = new Set(submissions(out).map(({ at }) => at)).size + 1;
  const at = new Date().toISOString();
  let before: string[] = [];
  for (const parts of partsOf(given, waves, number)) {
    const jobs: string[] = [];
    for (const part of parts) {
      writeFileSync(part.file, scriptOf(given, part, before), { mode: 0o755 });
      const jobId = await submit(part.file, { dependency: before });
      addSubmission(out, { jobId, offset: part.array.offset, plan: shared.id, at });
      jobs.push(jobId);
      console.log(
        `submitted job ${jobId}: ${part.array.count} runs${before.length === 0 ? "" : `, after ${before.join(", ")}`} (${part.file})`,
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
