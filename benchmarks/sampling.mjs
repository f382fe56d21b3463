// What sampling costs and whether it disturbs: processor time of the sampler and of nvidia-smi at 50 ms, and the times of
// training steps with and without it, in turns, in a process of their own.
//   node benchmarks/sampling.mjs [--rounds=12] [--steps=20] [--threads=N] [--period=50] [--seconds=30]
// Without an NVIDIA GPU a stand-in for nvidia-smi is sampled, which is said; its own share is then that of a Node process.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { hostSampler, openMeter } from "@petl/meter";
import { size } from "./micro/model-steps.mjs";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "12" },
    steps: { type: "string", default: "20" },
    threads: { type: "string", default: String(availableParallelism()) },
    period: { type: "string", default: "50" },
    seconds: { type: "string", default: "30" },
  },
});
const [rounds, steps, threads] = [flags.rounds, flags.steps, flags.threads].map(Number);
const [periodMs, seconds] = [flags.period, flags.seconds].map(Number);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** A stand-in for nvidia-smi that plays a square wave; the folder is removed at the end. */
function standIn() {
  const folder = mkdtempSync(join(tmpdir(), "petl-sampling-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const source = readFileSync(here("../packages/meter/test/stand-in/nvidia-smi.cjs"), "utf8");
  const path = join(folder, "nvidia-smi");
  writeFileSync(path, `#!${process.execPath}\n${source}`);
  chmodSync(path, 0o755);
  const play = {
    ...{ dialect: "hopper", absentCell: "[N/A]", usedMiB: 100, processes: [], originMs: Date.now() },
    signal: { kind: "square", baseW: 100, peakW: 300, periodS: 1 },
    gpus: [{ index: 0, uuid: "GPU-stand-in", name: "a stand-in (no GPU here)" }],
  };
  writeFileSync(join(folder, "nvidia-smi.json"), JSON.stringify(play));
  return path;
}

/** The training process: `run(n)` gives the milliseconds of n steps. */
function trainer() {
  const request = { ...size, batch: 4, tokens: 32, warmUp: 2, threads, kernels: "auto" };
  const child = spawn(process.execPath, [here("peers/petl-peer.mjs"), JSON.stringify(request)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await answers.next()).value);
  return {
    pid: child.pid,
    ready: next,
    async run(count) {
      child.stdin.write(`${JSON.stringify({ method: "lora", steps: count })}\n`);
      return (await next()).ms;
    },
    end: () => child.stdin.end(),
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const percent = (share) => `${(100 * share).toFixed(2)} %`;

/** Shares of one core over some seconds of sampling; `pid`: also watch this process, as a run is watched. */
async function shares(meter, pid) {
  await meter.start();
  const host = pid === null ? null : hostSampler(pid);
  if (pid !== null) meter.watch(pid);
  await delay(1000);
  const [cpu, startMs] = [process.cpuUsage(), performance.now()];
  await delay(seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const own = (user + system) / 1000 / (performance.now() - startMs);
  await host?.stop();
  const { nvidiaSmiCpuS, startedAtS, stoppedAtS, samples } = await meter.stop();
  return { own, tool: nvidiaSmiCpuS / (stoppedAtS - startedAtS), samples: samples.length };
}

const found = await openMeter({ periodMs });
const meter = found.gpu === null ? await openMeter({ periodMs, nvidiaSmi: standIn() }) : found;
if (meter.gpu === null) throw new Error(`expected a GPU or a stand-in that can be sampled, got none: ${meter.reason}`);
console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; sampled: ${meter.gpu.name}`);

for (const [what, pid] of [
  ["power, memory and clocks", null],
  ["the same, with memory of a process tree", process.pid],
]) {
  const { own, tool, samples } = await shares(meter, pid);
  console.log(`${what}: sampler ${percent(own)} of one core, nvidia-smi ${percent(tool)}, ${samples} samples`);
}

const training = trainer();
await training.ready();
await training.run(steps);
const times = { off: [], on: [] };
const ratios = [];
for (let round = 0; round < rounds; round++) {
  const medians = {};
  for (const state of round % 2 ? ["on", "off"] : ["off", "on"]) {
    if (state === "on") {
      await meter.start();
      meter.watch(training.pid);
    }
    const ms = await training.run(steps);
    if (state === "on") await meter.stop();
    times[state].push(...ms);
    medians[state] = median(ms);
  }
  ratios.push(medians.on / medians.off);
}
training.end();
const sorted = [...ratios].sort((a, b) => a - b);
console.log(
  `training steps on ${threads} threads, ${rounds} rounds of ${steps} in turns: median ${median(times.off).toFixed(2)} ms without, ` +
    `${median(times.on).toFixed(2)} ms with sampling; ratio of a round's medians: median ${median(ratios).toFixed(4)}, ` +
    `from ${sorted[0].toFixed(4)} to ${sorted.at(-1).toFixed(4)}`,
);
