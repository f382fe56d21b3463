// Steps and products of this project on a GPU, as a child of a GPU day: a request a line on stdin, an answer a line on stdout.
import { createInterface } from "node:readline";
import webgpu from "@petl/device-webgpu";
import { nowS } from "@petl/meter";
import { liveBytes, peakBytes, resetPeakBytes, seededRandom, tf } from "@petl/tensor";
import { defaultSettings, lossScalerOf, Trainee, TunedModel, UpdateGradients } from "@petl/trainer";
import { geometryOf, randomBackbone, withBatch } from "../random-model.mjs";

const about = JSON.parse(process.argv[2]);
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Updates whose gradients may overflow while a loss scale settles, as it halves each time. */
const mostSkipped = 16;

/** Trains a method on a fresh backbone until `seconds` have passed, after warm-up, then once more to see where the time goes. */
async function measure(device, { backbone: name, method: methodName, seconds, warmUp, kernels, ...sizes }) {
  const heldBefore = device.bufferBytes().peak;
  const geometry = await geometryOf(name);
  const { default: method } = await import(`@petl/method-${methodName}`);
  const backbone = randomBackbone(geometry);
  return withBatch(geometry, backbone, sizes, async (batch) => {
    const random = seededRandom(3);
    const model = TunedModel.attach(backbone, method, method.parse({}), random.fork("attach"));
    const trainee = new Trainee(model);
    const scaler = lossScalerOf(defaultSettings, device.needsLossScaling); // as training scales its loss
    const settings = { learningRate: 1e-3, clipNorm: null };
    let [count, made] = [0, 0];
    const begin = () => {
      const update = new UpdateGradients(trainee, ++count, scaler?.scale);
      update.add({ batch, random: random.fork(count), recordings: null, share: 1 });
      return update;
    };
    /** One update as training makes it -> its loss, which the caller disposes; null where it was skipped, as its gradients overflowed. */
    const train = async () => {
      const update = begin();
      const isMade = scaler === null || (await update.areFinite());
      if (isMade) update.apply(settings);
      else update.skip();
      scaler?.hear(count, isMade);
      made += isMade ? 1 : 0;
      return isMade ? update.losses[0] : null;
    };
    /** The same without a wait, for a clock that does not wait. */
    const trainAtOnce = () => {
      const update = begin();
      update.apply(settings);
      tf.dispose(update.losses);
    };
    const step = async () => {
      const loss = await train();
      const [value] = (await loss?.data()) ?? [null]; // waits for all of the step
      loss?.dispose();
      return value;
    };
    while (made < warmUp && count < warmUp + mostSkipped) await step();
    const skippedBefore = count - made;
    resetPeakBytes();
    const fromS = nowS();
    const ms = [];
    let loss = 0;
    while (ms.length < 3 || nowS() - fromS < seconds) {
      const begin = performance.now();
      loss = await step();
      ms.push(performance.now() - begin);
    }
    const answer = {
      ...{ ms, loss, fromS, toS: nowS() },
      trained: Object.values(model.trained).reduce((sum, { size }) => sum + size, 0),
      tensorBytes: peakBytes().total,
      bufferBytes: device.bufferBytes().peak > heldBefore ? device.bufferBytes().peak : null, // an earlier arm held more
      ...(scaler !== null && { lossScale: scaler.scale, skipped: [skippedBefore, count - made - skippedBefore] }),
      kernels: kernels ? await timeKernels(device, trainAtOnce) : null,
    };
    model.dispose();
    trainee.dispose();
    return answer;
  }).finally(() => backbone.dispose());
}

/** Milliseconds of GPU time by kernel in one step; null where the device has no clock. Slower than a step: each kernel is waited for. */
async function timeKernels(device, train) {
  if (!device.details.timestamps) return null;
  const { getExtraProfileInfo } = await tf.time(train);
  const total = {};
  for (const part of (getExtraProfileInfo?.() ?? "").split(", ")) {
    const [, name, ms] = /^(.*): ([\d.e+-]+)$/.exec(part) ?? [];
    if (name !== undefined) total[name] = (total[name] ?? 0) + Number(ms);
  }
  return total;
}

/** Seconds of one product A (rows, depth) B (depth, columns) in each repeat, and how far some of its values are from exact ones. */
async function product(device, { rows, depth, columns, seconds, repeats }) {
  const random = seededRandom(rows + depth + columns);
  const a = random.fork("a").uniform([rows, depth], -1, 1);
  const b = random.fork("b").uniform([depth, columns], -1, 1);
  try {
    const timed = async (count) => {
      await device.synchronize();
      const begin = performance.now();
      for (let index = 0; index < count; index++) tf.matMul(a, b).dispose();
      await device.synchronize();
      return (performance.now() - begin) / 1000 / count;
    };
    await timed(1); // compiles
    const count = Math.max(1, Math.floor(seconds / Math.max(await timed(2), 1e-7)));
    const each = [];
    for (let repeat = 0; repeat < repeats; repeat++) each.push(await timed(count));
    return { seconds: each, count, largestError: await largestError(a, b) };
  } finally {
    tf.dispose([a, b]);
  }
}

/** Of the product's first row, the largest difference from sums in float64 over the largest value. */
async function largestError(a, b) {
  const [depth, columns] = b.shape;
  const checked = Math.min(columns, 64);
  const parts = tf.tidy(() => {
    const first = tf.slice(a, [0, 0], [1, depth]);
    const few = tf.slice(b, [0, 0], [depth, checked]);
    return [first, few, tf.slice(tf.matMul(a, b), [0, 0], [1, checked])];
  });
  const [row, side, got] = await Promise.all(parts.map((tensor) => tensor.data()));
  tf.dispose(parts);
  let [largest, most] = [0, 0];
  for (let column = 0; column < checked; column++) {
    let sum = 0;
    for (let index = 0; index < depth; index++) sum += row[index] * side[index * checked + column];
    largest = Math.max(largest, Math.abs(sum));
    most = Math.max(most, Math.abs(got[column] - sum));
  }
  return most / largest;
}

/** Loads the GPU with products while a square wave is high; answers when it rose and fell, in epoch seconds. */
async function squareWave(device, { size, periodS, cycles }) {
  const random = seededRandom(5);
  const a = random.uniform([size, size], -1, 1);
  const marks = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    const fromS = nowS();
    while (nowS() - fromS < periodS / 2) {
      tf.matMul(a, a).dispose();
      await device.synchronize();
    }
    const toS = nowS();
    marks.push({ fromS, toS });
    await new Promise((resolve) => setTimeout(resolve, 1000 * Math.max(0, periodS - (toS - fromS))));
  }
  a.dispose();
  return { marks };
}

const programs = { steps: measure, product, squareWave };
const device = await webgpu.open(about).catch((error) => {
  console.error(error.message.split("\n")[0]);
  process.exit(2);
});
say({ versions: { node: process.versions.node, ...device.details } });
for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...ask } = JSON.parse(line);
  const answer = await programs[what](device, ask).catch((error) => ({ error: error.message.split("\n")[0] }));
  say({ ...answer, liveBytes: liveBytes().total });
}
await device.close();
process.exit(0);
