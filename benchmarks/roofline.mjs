// Predicts the time of training steps on data-center GPUs from the FLOPs and bytes of every kernel, into docs/results/gpu-roofline.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findGpuSpec } from "@petl/bench";
import { formatBytes, formatNumber, formatPercent, markdownTable, pictureFile, stackedBars } from "@petl/report";
import { cooperativeShare, kindNames, predictStep } from "./roofline/predict.mjs";
import { stepKernels } from "./roofline/step-kernels.mjs";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const pictures = "gpu-roofline-charts";
const backbones = [
  ["t5-base", "T5-base"],
  ["bert-base", "BERT-base"],
  ["llama-3.2-1b", "Llama-3.2-1B"],
];
const methods = ["read", "lora", "full"];
const precisions = ["f32", "f16"];
const sizes = { batch: 32, tokens: 128, targets: 8 };
const gpus = ["H100", "H200"].map(findGpuSpec);
const shown = gpus[0];

const steps = [];
for (const [backbone, title] of backbones)
  for (const method of methods) {
    const kernels = await stepKernels({ backbone, method, ...sizes });
    steps.push({ backbone, title, method, kernels });
    console.error(`counted ${backbone} ${method}`);
  }
const predicted = ({ kernels }, gpu, precision) => predictStep(kernels, gpu, precision);
const ms = (seconds) => formatNumber(1000 * seconds);

function timesTable() {
  const head = [
    "model",
    "method",
    ...gpus.flatMap(({ name }) => precisions.map((precision) => `${name} ${precision}, ms`)),
  ];
  head.push("f16 of f32", "memory limits, f16", "tokens/s, f16");
  const rows = steps.map((step) => {
    const each = gpus.flatMap((gpu) => precisions.map((precision) => predicted(step, gpu, precision)));
    const [single, half] = each;
    return [
      ...[step.title, step.method, ...each.map(({ stepS }) => ms(stepS))],
      formatPercent(half.stepS / single.stepS),
      formatPercent(half.memoryBoundShare),
      Math.round((sizes.batch * sizes.tokens) / half.stepS).toLocaleString("en-US"),
    ];
  });
  return markdownTable(head, rows, (column) => column >= 2);
}

function countsTable() {
  const head = [
    "model",
    "method",
    "kernels",
    "TFLOP",
    "of them products",
    "bytes moved",
    "FLOP a byte",
    "of full: FLOPs",
    "of full: time, f16",
  ];
  const rows = steps.map((step) => {
    const full = steps.find(({ backbone, method }) => backbone === step.backbone && method === "full");
    const [own, whole] = [step, full].map((each) => predicted(each, shown, "f16"));
    const products = step.kernels.filter(({ kernel }) => /^(BatchMatMul|PetlLinear)$/.test(kernel));
    const productFlops = products.reduce((sum, { calls, flops }) => sum + calls * flops, 0);
    return [
      ...[step.title, step.method, own.calls.toLocaleString("en-US")],
      formatNumber(own.flops / 1e12),
      formatPercent(productFlops / own.flops),
      formatBytes(own.bytesMoved),
      formatNumber(own.flops / own.bytesMoved),
      formatPercent(own.flops / whole.flops),
      formatPercent(own.stepS / whole.stepS),
    ];
  });
  return markdownTable(head, rows, (column) => column >= 2);
}

/** The largest kernels of one step: where time is to be won. */
function kernelsTable(backbone, method) {
  const { kernels } = steps.find((step) => step.backbone === backbone && step.method === method);
  const times = kernels.map((cost) => ({
    ...cost,
    timeS: predictStep([cost], shown, "f16").stepS,
    isMemory: predictStep([cost], shown, "f16").memoryBoundShare > 0.5,
  }));
  const names = [...new Set(times.map(({ kernel, phase }) => `${kernel}, ${phase}`))];
  const total = times.reduce((sum, { timeS }) => sum + timeS, 0);
  const rows = names
    .map((name) => ({ name, group: times.filter(({ kernel, phase }) => `${kernel}, ${phase}` === name) }))
    .map(({ name, group }) => ({
      name,
      calls: sum(group, ({ calls }) => calls),
      flops: sum(group, ({ calls, flops }) => calls * flops),
      bytes: sum(group, ({ calls, bytesMoved }) => calls * bytesMoved),
      timeS: sum(group, ({ timeS }) => timeS),
      memoryS: sum(group, ({ timeS, isMemory }) => (isMemory ? timeS : 0)),
    }))
    .sort((a, b) => b.timeS - a.timeS)
    .slice(0, 8)
    .map(({ name, calls, flops, bytes, timeS, memoryS }) => [
      ...[name, calls, formatNumber(flops / 1e9), formatBytes(bytes), ms(timeS), formatPercent(timeS / total)],
      formatPercent(memoryS / timeS),
    ]);
  return markdownTable(["kernel", "calls", "GFLOP", "bytes moved", "ms", "of the step", "memory limits"], rows);
}

const sum = (items, of) => items.reduce((total, item) => total + of(item), 0);

/** Where a step's time goes, by kind of kernel. */
function picture(backbone, title) {
  const bars = methods.flatMap((method) =>
    precisions.map((precision) => {
      const step = steps.find((each) => each.backbone === backbone && each.method === method);
      const { stepS, byKind } = predicted(step, shown, precision);
      const parts = Object.fromEntries(kindNames.map((kind) => [kind, 1000 * byKind[kind]]));
      return { label: `${method}, ${precision}`, parts, text: `${ms(stepS)} ms` };
    }),
  );
  const file = `${backbone}.svg`;
  const caption = `${title}: predicted step time on an ${shown.name}, ms`;
  writeFileSync(`${docs}results/${pictures}/${file}`, pictureFile(stackedBars(bars), caption));
  return `![${caption}](${pictures}/${file})`;
}

const read = predicted(steps[0], shown, "f16"); // T5-base
mkdirSync(`${docs}results/${pictures}`, { recursive: true });
const peaks = gpus.map(({ name, f32FlopsPerS, f16FlopsPerS, memoryBytesPerS, source }) => [
  ...[name, f32FlopsPerS / 1e12, f16FlopsPerS / 1e12, formatNumber((cooperativeShare * f16FlopsPerS) / 1e12)],
  ...[formatNumber(memoryBytesPerS / 1e12), `<${source.split(" ")[0]}>`],
]);
const page = [
  "# Step times on an H100 and an H200, predicted",
  "**Everything on this page is predicted. No GPU has run any of it.** One training step of each method is counted kernel by kernel on the [device of shapes](../../packages/devices/plan/README.md): FLOPs and bytes moved. Each kernel then takes the longer of its arithmetic and its memory traffic at the rates below. This is the least time a step can take with these kernels, not a forecast of what it will take: launches, waits of the host, caches, clocks below the data sheet's and kernels that do not reach their peak come on top. [`gpu-day`](../gpu-hosts.md) measures the same steps and puts this prediction beside them. Written by `pnpm plan:roofline`.",
  `Batches of ${sizes.batch} rows of ${sizes.tokens} tokens, no padding, no dropout; T5 answers with ${sizes.targets} tokens, Llama's last ${sizes.targets} are the answer, BERT has a head of two classes. Settings are each method's defaults.`,
  timesTable(),
  "*Memory limits*: the share of the step in kernels that wait for memory rather than arithmetic. *tokens/s* counts source tokens on the first card.",
  ...backbones.map(([backbone, title]) => picture(backbone, title)),
  "## Counts",
  countsTable(),
  `In f16 the products are so fast that what is left decides: norms, activations, additions, attention and the optimizer, which stay in float32 and mostly wait for memory. And the host: READ on T5-base has ${read.calls.toLocaleString("en-US")} kernels in ${ms(read.stepS)} ms, so a kernel that takes longer than ${formatNumber((1e6 * read.stepS) / read.calls)} µs to record would hold up the card. On Dawn's null backend, which runs nothing, a dispatch took the host of this project's tests [13 to 40 µs](../../packages/devices/webgpu/README.md): in f16 the host is likely to be what limits such a step, unless its processor is several times faster.`,
  "## The largest kernels of T5-base in f16",
  "READ:",
  kernelsTable("t5-base", "read"),
  "Full fine-tuning:",
  kernelsTable("t5-base", "full"),
  "## Rates",
  markdownTable(["GPU", "f32, TFLOP/s", "f16 dense, TFLOP/s", "of it assumed", "memory, TB/s", "source"], peaks),
  [
    "- **f32**: all kernels at the rate of the plain arithmetic units.",
    `- **f16**: matrix products and linear layers (operands in f16, sums in f32) at ${formatPercent(cooperativeShare)} of the matrix units' dense rate, which is what peak tests through VK_KHR_cooperative_matrix reach on a GH200 by published outputs (608 to 612 TFLOP/s); WebGPU's subgroup matrices are that extension. All else as in f32; what scaling the loss adds, one sum of squares, is left out.`,
    "- **Bytes** are those of float32 in both: operands are rounded where a tile is fetched. Each kernel reads each input and writes each output once.",
  ].join("\n"),
];
writeFileSync(`${docs}results/gpu-roofline.md`, `${page.join("\n\n")}\n`);
