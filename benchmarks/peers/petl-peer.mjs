// Training steps of this project, as a child of run.mjs: a request a line on stdin, an answer a line on stdout.
import { createInterface } from "node:readline";
import { geometries, initialise, T5 } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import full from "@petl/method-full";
import lora from "@petl/method-lora";
import read from "@petl/method-read";
import { adamW } from "@petl/optim";
import { peakBytes, resetPeakBytes, seededRandom, tf } from "@petl/tensor";
import { TunedModel, trainStep } from "@petl/trainer";

const request = JSON.parse(process.argv[2]);
const methods = { full, lora, read };
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const device = await cpu.open({ threads: request.threads, kernels: request.kernels });
const config = {
  ...geometries["t5-small"],
  vocabularySize: request.vocabulary,
  modelWidth: request.width,
  headWidth: 64,
  heads: request.width / 64,
  feedForwardWidth: request.feedForward,
  encoderLayers: request.layers,
  decoderLayers: request.layers,
};
say({ versions: { node: process.versions.node, ...device.details } });

/** One method at a time holds its model, so that a peak counts nothing of another. */
let current = null;
function stepsOf(name) {
  if (current?.name === name) return current;
  current?.dispose();
  const backbone = new T5("peer", config, initialise(config, seededRandom(1)));
  const model = TunedModel.attach(backbone, methods[name], methods[name].parse({}), seededRandom(3), 0);
  const optimizer = adamW({});
  const state = optimizer.init(model.trained);
  const { batch, tokens, targets, vocabulary } = request;
  const random = seededRandom(2);
  const ids = (shape) => tf.cast(random.uniform(shape, 2, vocabulary - 100), "int32");
  const examples = {
    sources: ids([batch, tokens]),
    mask: tf.ones([batch, tokens]),
    decoderInputs: ids([batch, targets]),
    labels: ids([batch * targets]),
  };
  let step = 0;
  current = {
    name,
    trained: Object.values(model.trained).reduce((sum, { size }) => sum + size, 0),
    step() {
      const settings = { step: ++step, learningRate: 1e-3, clipNorm: null };
      const { loss } = trainStep(model, optimizer, state, examples, settings, random.fork(step));
      const value = loss.dataSync()[0];
      loss.dispose();
      return value;
    },
    dispose() {
      model.dispose();
      tf.dispose([Object.values(backbone.params), state, examples]);
    },
  };
  for (let warmUp = 0; warmUp < 2; warmUp++) current.step();
  return current;
}

for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line);
  const steps = stepsOf(ask.method);
  if (ask.peak) {
    resetPeakBytes();
    steps.step();
    say({ peakBytes: peakBytes().total });
    continue;
  }
  const ms = [];
  let loss = 0;
  const before = process.cpuUsage();
  for (let index = 0; index < ask.steps; index++) {
    const begin = performance.now();
    loss = steps.step();
    ms.push(performance.now() - begin);
  }
  const { user, system } = process.cpuUsage(before);
  say({ ms, cpuMs: (user + system) / 1000 / ask.steps, loss, trained: steps.trained });
}
await device.close();
