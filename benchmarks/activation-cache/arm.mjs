// Trains one method on random token ids, by turns with each cache mode asked for; one JSON line on stdout. Started by run.mjs.
import { loadBackbone } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import t5 from "@petl/family-t5";
import { seededRandom } from "@petl/tensor";
import { defaultSettings, train } from "@petl/trainer";
import { watchOthers } from "../processor-load.mjs";

const {
  backbone: name,
  kernels,
  threads,
  method,
  modes,
  batch,
  steps,
  epochs,
  rounds,
  source,
  target,
  clock,
} = JSON.parse(process.argv[2]);
const device = await cpu.open({ kernels, threads });
const { model: backbone } = await loadBackbone(name, t5, { seed: 0 });
const { default: found } = await import(`@petl/method-${method}`);
const random = seededRandom(1);
const ids = (count) => random.integers(count - 1, 2000).map((id) => id + 2);
const examples = Array.from({ length: batch * steps }, () => ({
  source: [...ids(source), 1],
  target: [...ids(target), 1],
}));
const task = {
  ...{ name: "random", train: examples, evaluations: [] },
  answering: { scoring: "trie", labels: [], parse: () => 0, decode: String }, // nothing is evaluated
  score: () => ({ score: 0, metrics: {}, invalid: 0 }),
  loss: () => null,
  interval: () => ({ low: 0, high: 0, level: 0, resamples: 0 }),
  constant: () => ({ answer: "", score: 0 }),
  test: null,
};

const result = {
  ...{ device: `${device.details.products} products, ${threads} threads`, figures: null, peaks: {} },
  othersShare: [], // of the processors' time, round by round
};
for (const mode of modes) result[mode] = [];
for (let round = 0; round < rounds; round++) {
  const others = watchOthers();
  for (const mode of modes) {
    const times = [];
    let before = process.cpuUsage();
    const { model } = await train({
      ...{ backbone, method: found, config: found.parse({}), task },
      settings: { ...defaultSettings, epochs: modes.length === 1 ? 2 : epochs, batchSize: batch, learningRate: 1e-4 },
      cache: { mode, device },
      onEvent(event) {
        if (event.type === "attached") before = process.cpuUsage();
        if (event.type === "step") {
          const { user, system } = process.cpuUsage(before);
          before = process.cpuUsage();
          const stepS = clock === "cpu" ? (user + system) / 1e6 : event.wallTimeS;
          times[event.epoch - 1] = (times[event.epoch - 1] ?? 0) + stepS;
        }
        if (event.type === "memory" && event.window === "training")
          result.peaks[mode] = Math.max(result.peaks[mode] ?? 0, event.peak.total);
        if (event.type === "cache" && event.figures !== null) result.figures = event.figures;
      },
    });
    if (Object.values(model.params).length > 0) model.dispose();
    result[mode].push(mode === "off" && round === 0 ? times.slice(1) : times); // the very first epoch warms up
  }
  result.othersShare.push(others());
}
await device.close();
console.log(JSON.stringify(result));
process.exit(0);
