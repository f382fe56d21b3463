// Training steps of T5 here and in PyTorch + PEFT, interleaved, with ratios; JSON on request.
// node benchmarks/peers/run.mjs [--python=python3] [--threads=N] [--rounds=5] [--steps=3] [--vocabulary=32128] [--engines=wasm,blas]
//   [--methods=full,lora,read] [--batch=16] [--tokens=64] [--targets=8] [--json=FILE]
//   [--data=GLUE_DIRECTORY --tokenizer=DIRECTORY [--tasks=sst2,qnli] [--batches=32]]: also on real batches, here of similar lengths,
//   in PyTorch as shuffled and padded to the longest
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { median } from "simple-statistics";
import { busyBefore } from "../processor-load.mjs";
import { programFlags } from "../program-flags.mjs";
import { startPeer } from "./peer.mjs";
import { realBatches } from "./real-batches.mjs";

const { values: flags } = programFlags(import.meta.url, {
  options: {
    python: { type: "string", default: "python3" },
    threads: { type: "string", default: String(availableParallelism()) },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "3" },
    vocabulary: { type: "string", default: "32128" },
    engines: { type: "string", default: "wasm,blas" },
    methods: { type: "string", default: "full,lora,read" },
    batch: { type: "string", default: "16" },
    tokens: { type: "string", default: "64" },
    targets: { type: "string", default: "8" },
    json: { type: "string" },
    data: { type: "string" },
    tokenizer: { type: "string" },
    tasks: { type: "string", default: "sst2,qnli" },
    batches: { type: "string", default: "32" },
  },
});
const engines = flags.engines.split(",");
const methods = flags.methods.split(",");
const [rounds, steps, batch, tokens] = [flags.rounds, flags.steps, flags.batch, flags.tokens].map(Number);
const request = {
  threads: Number(flags.threads),
  vocabulary: Number(flags.vocabulary),
  ...{ width: 256, feedForward: 1024, layers: 4, readHidden: 88 },
  ...{ batch, tokens, targets: Number(flags.targets) },
  warmUp: 8, // each engine's steps before the first that counts: compilers of either side are done by then
};

const peers = {};
for (const kernels of engines)
  peers[kernels] = await startPeer(process.execPath, "./petl-peer.mjs", { ...request, kernels });
peers.torch = await startPeer(flags.python, "./torch_peer.py", request);
// OpenMP threads spin at their barriers: where others hold the cores, PyTorch then takes several times as long. The ratios are
// against the faster of the two.
if (request.threads > 1) {
  const passive = { OMP_WAIT_POLICY: "PASSIVE", GOMP_SPINCOUNT: "0", KMP_BLOCKTIME: "0" };
  peers["torch passive"] = await startPeer(flags.python, "./torch_peer.py", request, passive);
}

const results = [];
const load = { busyBefore: await busyBefore(), loadBefore: loadavg()[0], busyBetween: [] };
for (const method of methods) {
  const samples = Object.fromEntries(Object.keys(peers).map((name) => [name, { ms: [], cpuMs: [], trained: 0 }]));
  for (const peer of Object.values(peers)) await peer.ask({ method, steps: 1 }); // builds it and warms up
  for (let round = 0; round < rounds; round++) {
    load.busyBetween.push(await busyBefore());
    for (const [name, peer] of Object.entries(peers)) {
      const { ms, cpuMs, trained } = await peer.ask({ method, steps });
      samples[name].ms.push(median(ms));
      samples[name].cpuMs.push(cpuMs);
      samples[name].trained = trained;
    }
  }
  const torches = Object.keys(peers).filter((name) => name.startsWith("torch"));
  const reference = torches.reduce((a, b) => (median(samples[a].ms) <= median(samples[b].ms) ? a : b));
  for (const [name, peer] of Object.entries(peers)) {
    const { ms, cpuMs, trained } = samples[name];
    const { peakBytes } = await peer.ask({ method, peak: true });
    const perRound = ms.map((own, round) => samples[reference].ms[round] / own);
    results.push({
      ...{ method, engine: name, trained, peakBytes, ms, stepMs: median(ms), cpuMs: median(cpuMs) },
      tokensPerS: (1000 * batch * tokens) / median(ms),
      reference,
      ratio: median(perRound),
      ratioRange: [Math.min(...perRound), Math.max(...perRound)],
      cpuRatio: median(samples[reference].cpuMs) / median(cpuMs),
    });
  }
}
/** Real tokens a second of each engine on the same examples of a task; of PyTorch's two, the one that was faster before. */
async function onRealBatches(task) {
  const settings = { data: flags.data, tokenizer: flags.tokenizer, batch, count: Number(flags.batches) };
  const { bucketed, shuffled } = await realBatches(task, settings);
  const speeds = {};
  for (const method of methods) {
    for (const [name, peer] of Object.entries(peers)) {
      const { reference } = results.find((result) => result.method === method);
      if (name.startsWith("torch") && name !== reference) continue;
      const { batches, tokens: real } = name === reference ? shuffled : bucketed;
      await peer.ask({ method, batches: batches.slice(0, 1) });
      const { ms, cpuMs } = await peer.ask({ method, batches });
      const seconds = ms.reduce((sum, each) => sum + each, 0) / 1000;
      speeds[`${method} ${name === reference ? "torch" : name}`] = { tokensPerS: real / seconds, cpuMs };
    }
  }
  const paddedTokens = { bucketed: bucketed.paddedTokens, shuffled: shuffled.paddedTokens };
  return { task, examples: batch * settings.count, tokens: bucketed.tokens, paddedTokens, speeds };
}

const real = [];
for (const task of flags.data === undefined ? [] : flags.tasks.split(",")) real.push(await onRealBatches(task));
for (const peer of Object.values(peers)) peer.end();
load.loadAfter = loadavg()[0];

const between = median(load.busyBetween.map((share) => share ?? 0));
console.log(
  `T5 d 256, d_ff 1024, 4 + 4 layers, vocabulary ${request.vocabulary}, ${batch} x ${tokens} tokens, ${request.targets} targets, ` +
    `float32, AdamW, ${request.threads} threads; medians of ${rounds} rounds of ${steps} steps, interleaved`,
);
console.log(
  `Others kept ${Math.round(100 * between)} % of the processors busy between rounds (load ${load.loadBefore.toFixed(1)} before)` +
    `${between > 0.1 ? ": DISTURBED, the figures are no measurement of speed" : ""}`,
);
console.table(
  results.map(({ method, engine, trained, stepMs, cpuMs, tokensPerS, ratio, ratioRange, cpuRatio, peakBytes }) => ({
    ...{ method, engine, trained, "ms/step": +stepMs.toFixed(1), "cpu ms/step": +cpuMs.toFixed(1) },
    ...{ "tokens/s": Math.round(tokensPerS), "x PyTorch": +ratio.toFixed(2) },
    range: ratioRange.map((each) => each.toFixed(2)).join(" to "),
    ...{ "x by cpu time": +cpuRatio.toFixed(2), "peak MB": Math.round(peakBytes / 1e6) },
  })),
);
for (const { task, examples, tokens: counted, paddedTokens, speeds } of real) {
  const padding = (padded) => `${Math.round(100 * (1 - counted / padded))} %`;
  console.log(
    `${task}: ${examples} examples, ${counted} tokens; padding ${padding(paddedTokens.bucketed)} of what is computed here, ` +
      `${padding(paddedTokens.shuffled)} in PyTorch`,
  );
  console.table(
    Object.entries(speeds).map(([name, { tokensPerS, cpuMs }]) => ({
      name,
      ...{ "real tokens/s": Math.round(tokensPerS), "cpu ms/batch": +cpuMs.toFixed(1) },
      "x PyTorch": +(tokensPerS / speeds[`${name.split(" ")[0]} torch`].tokensPerS).toFixed(2),
    })),
  );
}
const versions = Object.fromEntries(Object.entries(peers).map(([name, peer]) => [name, peer.versions]));
const record = {
  when: new Date().toISOString(),
  processor: cpus()[0]?.model,
  request,
  rounds,
  steps,
  load,
  versions,
  results,
  real,
};
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(record, null, 2)}\n`);
