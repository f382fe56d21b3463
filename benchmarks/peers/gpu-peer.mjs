// Training steps of this project on a GPU, as a child of gpu.mjs: a request a line on stdin, an answer a line on stdout.
import { createInterface } from "node:readline";
import { geometries, initialise, T5 } from "@petl/family-t5";
import { peakBytes, resetPeakBytes, seededRandom, tf } from "@petl/tensor";
import { Trainee, TunedModel, trainStep } from "@petl/trainer";

const request = JSON.parse(process.argv[2]);
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const nowS = () => (performance.timeOrigin + performance.now()) / 1000;

const { default: provider } = await import(`@petl/device-${request.device}`);
const device = await provider.open({ gpu: request.gpu });
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

const { batch, tokens, targets, vocabulary } = request;
const random = seededRandom(2);
const ids = (shape) => tf.cast(random.uniform(shape, 2, vocabulary - 100), "int32");
const examples = {
  inputs: {
    tensors: { sources: ids([batch, tokens]), mask: tf.ones([batch, tokens]), decoderInputs: ids([batch, targets]) },
    shape: [batch, tokens, targets],
    paddedTokens: batch * (tokens + targets),
  },
  labels: ids([batch * targets]),
};

/** Trains a method on a fresh backbone until `seconds` have passed, after warm-up, then once more to see where the time goes. */
async function measure({ method: name, seconds, warmUp }) {
  const { default: method } = await import(`@petl/method-${name}`);
  const backbone = new T5("peer", config, initialise(config, seededRandom(1)));
  const model = TunedModel.attach(backbone, method, method.parse({}), seededRandom(3));
  const trainee = new Trainee(model);
  let count = 0;
  const train = () => {
    const settings = { step: ++count, learningRate: 1e-3, clipNorm: null };
    return trainStep(trainee, examples, settings, random.fork(count)).loss;
  };
  const step = async () => {
    const loss = train();
    const [value] = await loss.data(); // waits for all of the step
    loss.dispose();
    return value;
  };
  for (let index = 0; index < warmUp; index++) await step();
  resetPeakBytes();
  const fromS = nowS();
  const ms = [];
  let loss = 0;
  while (ms.length < 3 || nowS() - fromS < seconds) {
    const begin = performance.now();
    loss = await step();
    ms.push(performance.now() - begin);
  }
  const toS = nowS();
  const answer = {
    ...{ ms, loss, fromS, toS },
    trained: Object.values(model.trained).reduce((sum, { size }) => sum + size, 0),
    peakBytes: peakBytes().total,
    bufferBytes: device.bufferBytes?.() ?? null,
    kernels: await timeKernels(train),
  };
  model.dispose();
  trainee.dispose();
  tf.dispose(Object.values(backbone.params));
  await device.synchronize();
  return answer;
}

/** Milliseconds of GPU time by kernel in one step; null where the device has no clock. Slower than a step: each kernel is waited for. */
async function timeKernels(train) {
  if (!device.details.timestamps) return null;
  const { getExtraProfileInfo } = await tf.time(() => train().dispose());
  const total = {};
  for (const part of (getExtraProfileInfo?.() ?? "").split(", ")) {
    const [, name, ms] = /^(.*): ([\d.e+-]+)$/.exec(part) ?? [];
    if (name !== undefined) total[name] = (total[name] ?? 0) + Number(ms);
  }
  return total;
}

for await (const line of createInterface({ input: process.stdin })) {
  say(await measure(JSON.parse(line)).catch((error) => ({ error: error.message })));
}
await device.close();
process.exit(0);
