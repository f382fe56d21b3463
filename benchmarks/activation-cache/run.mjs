// What the activation cache saves: epochs of real training with and without it, other methods beside, and what the plan derives.
// node benchmarks/activation-cache/run.mjs [--backbone=t5-small-random] [--method=read] [--beside=lora,full] [--batch=8] [--steps=2]
//   [--epochs=4] [--rounds=2] [--source-length=128] [--target-length=8] [--kernels=auto] [--threads=N] [--clock=wall|cpu]
//   [--json=FILE]
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { atBest, findGeometry, forecastMethods } from "@petl/bench";
import { defaultSettings } from "@petl/trainer";
import { median } from "simple-statistics";
import { busyBefore } from "../processor-load.mjs";
import { programFlags } from "../program-flags.mjs";

const { values: flags } = programFlags(import.meta.url, {
  options: {
    backbone: { type: "string", default: "t5-small-random" },
    method: { type: "string", default: "read" },
    beside: { type: "string", default: "lora,full" },
    batch: { type: "string", default: "8" },
    steps: { type: "string", default: "2" },
    epochs: { type: "string", default: "4" },
    rounds: { type: "string", default: "2" }, // with and without the cache by turns; figures are medians of the rounds' ratios
    "source-length": { type: "string", default: "128" },
    "target-length": { type: "string", default: "8" },
    kernels: { type: "string", default: "auto" },
    threads: { type: "string", default: String(availableParallelism()) },
    clock: { type: "string", default: "wall" },
    json: { type: "string" },
  },
});
const totalEpochs = 20;
const request = {
  clock: flags.clock, // cpu: processor time of the process, which other jobs hardly change; with --threads=1
  ...{ backbone: flags.backbone, kernels: flags.kernels, threads: Number(flags.threads) },
  ...{ batch: Number(flags.batch), steps: Number(flags.steps) },
  ...{ epochs: Number(flags.epochs), rounds: Number(flags.rounds) },
  ...{ source: Number(flags["source-length"]), target: Number(flags["target-length"]) },
};

/** Trains in a process of its own: the epochs' times by arm, and the cache's last figures. */
function trained(method, modes) {
  const program = fileURLToPath(new URL("arm.mjs", import.meta.url));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, JSON.stringify({ ...request, method, modes })],
    {
      encoding: "utf8",
      maxBuffer: 1e8,
    },
  );
  if (status !== 0)
    return {
      error:
        stderr
          .trim()
          .split("\n")
          .findLast((line) => /Error/.test(line)) ?? `ended with ${status}`,
    };
  return JSON.parse(stdout);
}

async function planned() {
  const names = [flags.method, ...flags.beside.split(",")].filter((name) => name !== "");
  const { methods } = await forecastMethods({
    geometry: await findGeometry(flags.backbone, process.cwd(), {}),
    arms: names.map((method) => ({ method, config: {} })),
    settings: {
      ...defaultSettings,
      ...{ batchSize: request.batch, maxLength: request.source, maxTargetLength: request.target },
    },
    ...{ places: {}, deviceMemoryBytes: null, gpus: [], precision: "f32" },
    ...{ reached: atBest, epochs: totalEpochs },
  });
  return methods;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const seconds = (value) => `${value.toFixed(3)} s`;

const load = { busyBefore: await busyBefore(), loadBefore: loadavg()[0] };
const [plan] = await planned();
const own = trained(flags.method, ["off", "auto"]);
if (own.error !== undefined) throw new Error(own.error);
const uncachedS = median(own.off.flat());
const firstS = median(own.auto.map(([first]) => first));
const laterS = median(own.auto.flatMap(([, ...later]) => later));
// The machine's speed may change from round to round: what is compared was measured in one.
const ofUncached = (epochsOf) => own.auto.map((times, round) => median(epochsOf(times)) / median(own.off[round]));
const laterByRound = ofUncached(([, ...later]) => later);
const laterOfUncached = median(laterByRound);
const firstOfUncached = median(ofUncached(([first]) => [first]));
const totalOfUncached = (firstOfUncached + (totalEpochs - 1) * laterOfUncached) / totalEpochs;
const figures = {
  ...request,
  ...{ method: flags.method, node: process.version, cpu: cpus()[0].model.trim() },
  load: { ...load, othersShare: own.othersShare, loadAfter: loadavg()[0] },
  ...{ device: own.device, uncachedEpochS: uncachedS, firstEpochS: firstS, laterEpochS: laterS },
  ...{ laterOfUncached, laterByRound, plannedShare: plan.cache.stepShare },
  laterOfPlanned: laterOfUncached / plan.cache.stepShare,
  ...{ firstOfUncached, totalOfUncached },
  spread: { off: own.off, auto: own.auto },
  cache: own.figures,
  peakTensorBytes: own.peaks,
  beside: {},
};
console.log(
  `${flags.backbone}, ${request.batch} x ${request.source} tokens, ${request.steps} steps an epoch, ${own.device}`,
);
console.log(
  `${flags.method}: an epoch without the cache ${seconds(uncachedS)}, the first with it ${seconds(firstS)}, a later one ${seconds(laterS)}`,
);
console.log(
  `a later epoch of an uncached one: ${percent(laterOfUncached)} (rounds ${laterByRound.map(percent).join(", ")}); planned by operations ${percent(plan.cache.stepShare)}; ratio ${figures.laterOfPlanned.toFixed(2)}`,
);
console.log(
  `${totalEpochs} epochs of uncached: ${percent(totalOfUncached)}; kept ${(own.figures.memoryBytes / 1e6).toFixed(1)} MB; peak tensor MB ${Object.entries(
    own.peaks,
  )
    .map(([mode, bytes]) => `${mode} ${(bytes / 1e6).toFixed(1)}`)
    .join(", ")}`,
);
const shares = [load.busyBefore, ...own.othersShare].map((share) => (share === null ? "unknown" : percent(share)));
console.log(`busy with others: ${shares[0]} of the processors before, ${shares.slice(1).join(", ")} in the rounds`);
for (const method of flags.beside.split(",").filter((name) => name !== "")) {
  const other = trained(method, ["off"]);
  if (other.error !== undefined) {
    figures.beside[method] = { epochS: null, reason: other.error };
    console.log(`${method}: not measured: ${other.error}`);
    continue;
  }
  const epochS = median(other.off.flat());
  figures.beside[method] = {
    epochS,
    withoutOfIt: uncachedS / epochS,
    withOfIt: (totalOfUncached * uncachedS) / epochS,
  };
  console.log(
    `${method}: an epoch ${seconds(epochS)}; ${flags.method}'s ${totalEpochs} epochs of its: ${percent(figures.beside[method].withoutOfIt)} without the cache, ${percent(figures.beside[method].withOfIt)} with`,
  );
}
const { without, with: withCache } = plan.cache.totalOfFull;
console.log(
  `by operations, of full tuning: ${percent(without)} without, ${percent(withCache)} with; READ's paper reports 16 % of its GPU energy`,
);
if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 2)}\n`);
