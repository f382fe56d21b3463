// What sampling costs and whether it slows training: processor time of the sampler and of nvidia-smi at 50 ms, and the times
// of training steps with and without sampling, in turns, in a separate process.
//   node benchmarks/sampling.mjs [--rounds=12] [--steps=20] [--threads=N] [--period=50] [--seconds=60] [--settle=15]
// --settle: seconds to wait before the first window, because V8 collects the start-up's garbage about ten seconds later.
// --rounds=0: only the shares.
// Without an NVIDIA GPU it samples a stand-in for nvidia-smi and prints so; nvidia-smi's share is then that of a Node process.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { hostSampler, openMeter } from "@petl/meter";
import { median } from "simple-statistics";
import { size } from "./micro/model-steps.mjs";
import { programFlags } from "./program-flags.mjs";

const { values: flags } = programFlags(import.meta.url, {
  options: {
    rounds: { type: "string", default: "12" },
    steps: { type: "string", default: "20" },
    threads: { type: "string", default: String(availableParallelism()) },
    period: { type: "string", default: "50" },
    seconds: { type: "string", default: "60" },
    settle: { type: "string", default: "15" },
  },
});
const [rounds, steps, threads] = [flags.rounds, flags.steps, flags.threads].map(Number);
const [periodMs, seconds, settleS] = [flags.period, flags.seconds, flags.settle].map(Number);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** A stand-in for nvidia-smi that plays a square wave; its folder is removed on exit. */
function standIn() {
  const folder = mkdtempSync(join(tmpdir(), "petl-sampling-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const source = readFileSync(here("../packages/measuring/meter/test/stand-in/nvidia-smi.cjs"), "utf8");
  const path = join(folder, "nvidia-smi");
  writeFileSync(path, `#!${process.execPath}\n${source}`);
  chmodSync(path, 0o755);
  const play = {
    ...{ dialect: "hopper", absentCell: "[N/A]", usedMiB: 100, originMs: Date.now() },
    processes: [{ pid: process.pid, usedMiB: 90 }],
    signal: { kind: "square", baseW: 100, peakW: 300, periodS: 1 },
    gpus: [{ index: 0, uuid: "GPU-stand-in", name: "a stand-in (no GPU here)" }],
  };
  writeFileSync(join(folder, "nvidia-smi.json"), JSON.stringify(play));
  return path;
}

/** The training process: `run(n)` returns the milliseconds of each of n steps. */
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

const percent = (share) => `${(100 * share).toFixed(2)} %`;

/** Processor time during some seconds of sampling; `pid` also watches that process, as for a run, or with `tree` as in `measure`. */
async function shares(meter, { pid, tree }) {
  await meter.start();
  const host = pid === undefined ? null : hostSampler(pid, { tree });
  if (pid !== undefined) meter.watch(pid);
  await delay(1000 * Math.min(1, seconds));
  const [cpu, startMs] = [process.cpuUsage(), performance.now()];
  await delay(seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - startMs;
  await host?.stop();
  const { nvidiaSmiCpuS, startedAtS, stoppedAtS, samples, problems } = await meter.stop();
  const tool = nvidiaSmiCpuS === null ? "unknown" : percent(nvidiaSmiCpuS / (stoppedAtS - startedAtS));
  const [userMs, systemMs] = [user / 1000, system / 1000];
  return { userMs, systemMs, own: (userMs + systemMs) / wallMs, tool, samples: samples.length, problems };
}

const found = await openMeter({ periodMs });
const meter = found.gpu === null ? await openMeter({ periodMs, nvidiaSmi: standIn() }) : found;
if (meter.gpu === null) throw new Error(`expected a GPU or a stand-in that can be sampled, got none: ${meter.reason}`);
console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; sampled: ${meter.gpu.name}`);

const processes = { pid: process.pid };
await delay(settleS * 1000);
for (const [what, watched] of [
  ["power, memory and clocks", {}],
  ["the same, with device memory of processes and host memory of one, as for a run", processes],
  ["the same, with host memory of the process tree, as in `measure`", { ...processes, tree: true }],
]) {
  const { own, userMs, systemMs, tool, samples, problems } = await shares(meter, watched);
  console.log(
    `${what}: sampler ${percent(own)} of one core (user ${userMs.toFixed(0)} ms, system ${systemMs.toFixed(0)} ms ` +
      `in ${seconds} s), nvidia-smi ${tool}, ${samples} samples`,
  );
  for (const { message } of problems) console.log(`  ${message}`);
}
if (rounds > 0) await compareSteps();

/** Step times with and without sampling, in turns. */
async function compareSteps() {
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
}
