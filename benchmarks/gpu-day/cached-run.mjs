// Trains a method on random rows, with or without the activation cache: a line on stdout when training begins and when each epoch ends.
import webgpu from "@petl/device-webgpu";
import { defaultSettings, train } from "@petl/trainer";
import { geometryOf, randomBackbone, randomExamples } from "../random-model.mjs";

const {
  backbone: name,
  method: methodName,
  mode,
  precision,
  gpu,
  batch,
  stepsAnEpoch,
  epochs,
  warmUpEpochs,
  ...sizes
} = JSON.parse(process.argv[2]);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const fail = (error) => {
  console.error(error.message.split("\n")[0]);
  process.exit(2);
};
const device = await webgpu.open({ gpu, precision }).catch(fail);
const geometry = await geometryOf(name);
const backbone = randomBackbone(geometry);
const { default: method } = await import(`@petl/method-${methodName}`);
const task = {
  ...{ name: "random", train: randomExamples(geometry, { count: batch * stepsAnEpoch, ...sizes }), evaluations: [] },
  answering: { scoring: "trie", labels: [], parse: () => 0, decode: String }, // nothing is evaluated
  score: () => ({ score: 0, metrics: {}, invalid: 0 }),
  loss: () => null,
  interval: () => ({ low: 0, high: 0, level: 0, resamples: 0 }),
  constant: () => ({ answer: "", score: 0 }),
  test: null,
};
/** Trains from the start; `onEvent` hears of it. */
const run = (epochs, onEvent) =>
  train({
    ...{ backbone, method, config: method.parse({}), task },
    settings: { ...defaultSettings, epochs, evalEvery: epochs * stepsAnEpoch, batchSize: batch, learningRate: 1e-4 },
    cache: { mode, device },
    synchronize: () => device.synchronize(),
    needsLossScaling: device.needsLossScaling,
    onEvent,
  }).catch(fail);

if (warmUpEpochs > 0) (await run(warmUpEpochs, () => {})).model.dispose(); // shaders are compiled by then
await run(epochs, (event) => {
  if (event.type === "window" && event.window === "training" && event.edge === "begin") say({ atS: event.atS });
  if (event.type === "epoch") say({ atS: event.atS });
  if (event.type === "cache") say({ figures: event.figures ?? { reason: event.reason } });
});
process.exit(0); // whatever a device left running
