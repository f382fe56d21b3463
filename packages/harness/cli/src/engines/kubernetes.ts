import { join } from "node:path";
import { jobFolder } from "@petl/bench";
import { kubernetesJob } from "@petl/cluster";
import { writeWholeSync } from "@petl/files";
import { type ExitCode, UsageError } from "../exit.js";
import { userPath } from "../user-directory.js";
import { type HandOver, share, workOptions } from "./hand-over.js";

/** Pods at a time, where nobody says. */
const defaultPods = 10;

/** Writes a Job of Kubernetes that does what is missing, and the output folder that it works on. */
export async function toKubernetes(given: HandOver): Promise<ExitCode> {
  const { shared, out, waves, flags, isDry } = given;
  const { image, claim, write, dataClaim, mem, cpusPerRun, gpusPerRun, parallel = defaultPods } = flags;
  if (image === undefined || claim === undefined)
    throw new UsageError("--engine kubernetes: expected --image and --claim, got none; see docs/cluster.md");
  if (write === undefined && !isDry)
    throw new UsageError("--engine kubernetes: expected --write FILE for the Job, got none; --dry-run prints it");
  const numbers = waves.flatMap((wave) => wave.numbers); // pods start in this order, so that none waits for one that has not started
  if (numbers.length === 0) {
    console.log("nothing to write: every run is done");
    return 0;
  }
  const list = `${shared.id}-missing.txt`;
  const manifest = kubernetesJob({
    ...{ name: shared.suite.name, image, outClaim: claim, completions: numbers.length, parallelism: parallel },
    list: `/out/jobs/${list}`,
    workOptions: workOptions(given),
    ...(dataClaim !== undefined && { data: claimed(dataClaim) }),
    ...(gpusPerRun !== undefined && { gpus: gpusPerRun }),
    ...(cpusPerRun !== undefined && { cpu: String(cpusPerRun) }),
    ...(mem !== undefined && { memory: mem }),
  });
  if (isDry) {
    console.log(manifest);
    return 0;
  }
  share(given);
  writeWholeSync(join(jobFolder(out), list), `${numbers.join("\n")}\n`);
  const file = userPath(write!);
  writeWholeSync(file, manifest);
  console.log(
    `${numbers.length} runs as a Job in ${file}\nput ${out} on the volume of claim ${claim}, if it is not, then: kubectl create -f ${file}`,
  );
  return 0;
}

function claimed(text: string): { claim: string; path: string } {
  const [, claim, path] = /^([^:]+):(\/.*)$/.exec(text) ?? [];
  if (claim === undefined || path === undefined)
    throw new UsageError(`--data-claim: expected name:/path, got ${JSON.stringify(text)}`);
  return { claim, path };
}
