// Training steps of this project, as a child of run.mjs: a request a line on stdin, an answer a line on stdout.
import { createInterface } from "node:readline";
import cpu from "@petl/device-cpu";
import { peakBytes, resetPeakBytes } from "@petl/tensor";
import { disposeBatch, makeBatch } from "@petl/trainer";
import { modelSteps, randomExamples } from "../micro/model-steps.mjs";

const request = JSON.parse(process.argv[2]);
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const device = await cpu.open({ threads: request.threads, kernels: request.kernels });
say({ versions: { node: process.versions.node, ...device.details } });

const examples = randomExamples(request);
/** One method at a time holds its model, so that a peak counts nothing of another. */
let current = null;
function stepsOf(name) {
  if (current?.name === name) return current;
  current?.dispose();
  current = modelSteps(name, request);
  for (let warmUp = 0; warmUp < request.warmUp; warmUp++) current.step(examples);
  return current;
}

for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line);
  const steps = stepsOf(ask.method);
  if (ask.peak) {
    resetPeakBytes();
    steps.step(examples);
    say({ peakBytes: peakBytes().total });
    continue;
  }
  const ms = [];
  let loss = 0;
  const before = process.cpuUsage();
  for (const real of ask.batches ?? Array.from({ length: ask.steps }, () => null)) {
    const begin = performance.now();
    const batch = real === null ? examples : makeBatch(real, steps.backbone);
    loss = steps.step(batch);
    if (real !== null) disposeBatch(batch);
    ms.push(performance.now() - begin);
  }
  const { user, system } = process.cpuUsage(before);
  say({ ms, cpuMs: (user + system) / 1000 / ms.length, loss, trained: steps.trained });
}
await device.close();
