// Cross-entropy over a large vocabulary and its gradients: all logits at once, and in pieces of some rows, interleaved on the CPU device.
//   node micro/head-loss.mjs [--rows 512] [--vocabulary 49152] [--width 576] [--pieces 128,256,341] [--repeats 7] [--threads N]
// On a busy machine, --threads 1 and the processor time tell more than the wall clock: both are printed.
import { availableParallelism } from "node:os";
import cpu from "@petl/device-cpu";
import {
  linear,
  linearCrossEntropy,
  meanCrossEntropy,
  peakBytes,
  resetPeakBytes,
  seededRandom,
  tf,
  valueAndGradients,
} from "@petl/tensor";
import { median } from "simple-statistics";
import { programFlags } from "../program-flags.mjs";

const { values } = programFlags(import.meta.url, {
  options: {
    rows: { type: "string", default: "512" },
    vocabulary: { type: "string", default: "49152" },
    width: { type: "string", default: "576" },
    pieces: { type: "string", default: "128,256,341" },
    repeats: { type: "string", default: "7" },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});
const [rows, vocabulary, width, repeats] = ["rows", "vocabulary", "width", "repeats"].map((name) =>
  Number(values[name]),
);
const device = await cpu.open({ threads: Number(values.threads) });
const random = seededRandom(1);
const [hidden, weight] = [random.normal([rows, width]), random.normal([vocabulary, width], 0, 0.02)];
const labels = tf.tensor1d(random.integers(rows, vocabulary), "int32");

const arms = [
  ["whole", () => meanCrossEntropy(linear(hidden, weight), labels)],
  ...values.pieces
    .split(",")
    .map((each) => [`${each} rows`, () => linearCrossEntropy({ hidden, weight, labels, rowsAtOnce: Number(each) })]),
];

for (const [title, wanted] of [
  ["frozen weight", { hidden }],
  ["trained weight", { hidden, weight }],
]) {
  const taken = new Map(arms.map(([name]) => [name, { ms: [], processorMs: [], bytes: 0 }]));
  for (let round = 0; round <= repeats; round++)
    for (const [name, loss] of arms) {
      const before = tf.memory().numBytes;
      resetPeakBytes();
      const [fromMs, from] = [performance.now(), process.cpuUsage()];
      const { value, gradients } = valueAndGradients(loss, wanted);
      value.dataSync();
      const ms = performance.now() - fromMs;
      const { user, system } = process.cpuUsage(from);
      const of = taken.get(name);
      of.bytes = peakBytes().total - before;
      if (round > 0) {
        of.ms.push(ms); // the first warms up
        of.processorMs.push((user + system) / 1000);
      }
      tf.dispose([value, gradients]);
    }
  for (const [name, { bytes, ...times }] of taken) {
    const shown = Object.entries(times).map(([what, all]) => {
      const ratio = median(all.map((each, round) => each / taken.get("whole")[what][round]));
      return `${median(all).toFixed(0).padStart(5)} ${what} ${ratio.toFixed(3)}x`;
    });
    console.log([title, name.padStart(9), ...shown, `peak ${(bytes / 1e6).toFixed(0)} MB`].join("  "));
  }
}
await device.close();
