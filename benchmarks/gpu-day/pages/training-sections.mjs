import { barPanels, seriesColour } from "@petl/report";
import { counterparts, findArm, groupsOf, methodsOf } from "./arms-by.mjs";
import { bytes, count, milliseconds, number, percent, ratio, times } from "./text.mjs";

/** READ's paper (https://arxiv.org/abs/2305.15348): 56 % less memory and 84 % less energy than full fine-tuning. */
const claimed = { memory: 0.44, energy: 0.16 };
const everyEngine = ["ours f32", "ours f16", "torch f32", "torch tf32", "torch bf16"];

/** Steps beside PyTorch, READ beside full fine-tuning, and every arm. */
export function trainingSections(training, predictions) {
  if (training === null) return [{ heading: "Training steps" }, { text: "This part did not run, or left no figures." }];
  const { arms } = training;
  const measured = arms.filter(({ status }) => status === "measured");
  if (measured.length === 0)
    return [{ heading: "Training steps" }, { text: "No arm was measured; the last section says why." }];
  return [
    { heading: "Beside PyTorch and PEFT" },
    {
      text: "Step time of PyTorch over ours: above 1, ours is faster. PyTorch runs eagerly, with fused AdamW and its own attention (T5's READ needs eager attention). What was aimed at, in half precision on T5-base: READ at least 1.0x, full fine-tuning at least 0.6x.",
    },
    ratiosTable(arms),
    ...groupsOf(measured).map((group) => stepPicture(arms, group)),
    { heading: "READ beside full fine-tuning" },
    {
      text: `READ's share of full fine-tuning with the same engine. READ's paper claims ${percent(claimed.memory)} of the memory and ${percent(claimed.energy)} of the energy (of whole trainings on T5).`,
    },
    shareTable(arms),
    { heading: "Beside the roofline" },
    ...predictionParts(measured, predictions),
    { heading: "Every arm" },
    {
      text: "Step times are medians with the middle half of the steps. Energies are of 1,000 examples, gross and without the card's power at rest. Tensor bytes are exact for ours and the allocator's for PyTorch; device bytes are by nvidia-smi, above what the card held before the arm: no process's own context is in them. Buffers are n/a where an earlier arm of the process held more.",
    },
    armsTable(measured),
    kernelsTable(measured),
  ].filter((part) => part !== null);
}

function ratiosTable(arms) {
  const rows = groupsOf(arms).flatMap((group) =>
    methodsOf(arms, group).map((method) => {
      const stepOf = (engine) => findArm(arms, { ...group, method, engine })?.stepMs;
      const pairs = Object.entries(counterparts).map(([own, torch]) => times(ratio(stepOf(torch), stepOf(own))));
      const tf32 = times(ratio(stepOf("torch tf32"), stepOf("ours f16")));
      return [group.backbone, method, String(group.batch), ...pairs, tf32];
    }),
  );
  const shown = rows.filter((row) => row.slice(3).some((cell) => cell !== "n/a"));
  if (shown.length === 0) return { text: "No arm was measured on both sides." };
  return {
    rows: [["model", "method", "batch", "f32 : f32", "bf16 : our f16", "TF32 : our f16"], ...shown],
    textColumns: 2,
  };
}

/** Step times of each method by engine, one picture a model and batch. */
function stepPicture(arms, group) {
  const panels = methodsOf(arms, group).map((method) => ({
    title: `${group.backbone}, ${group.batch} rows: ${method}`,
    bars: everyEngine.map((engine, index) => {
      const value = findArm(arms, { ...group, method, engine })?.stepMs ?? null;
      return { label: engine, value, text: milliseconds(value), colour: seriesColour(index) };
    }),
  }));
  const title = `Step time on ${group.backbone}, batch ${group.batch}`;
  return { picture: `pictures/steps-${group.backbone}-${group.batch}.svg`, title, chart: barPanels(panels, 2) };
}

function shareTable(arms) {
  const rows = groupsOf(arms).flatMap((group) =>
    everyEngine.flatMap((engine) => {
      const [read, full] = ["read", "full"].map((method) => findArm(arms, { ...group, engine, method }));
      if (read === undefined || full === undefined) return [];
      const of = (figure) => percent(ratio(read[figure], full[figure]));
      const energies = ["grossJPerThousand", "netJPerThousand"].map(of);
      return [
        [group.backbone, engine, String(group.batch), of("stepMs"), of("tensorBytes"), of("deviceBytes"), ...energies],
      ];
    }),
  );
  if (rows.length === 0) return { text: "READ and full fine-tuning were not both measured with any engine." };
  const head = ["model", "engine", "batch", "time", "tensor bytes", "device bytes", "energy, gross", "energy, net"];
  return { rows: [head, ...rows], textColumns: 2 };
}

function predictionParts(measured, { reason, of, gpu }) {
  if (reason !== null) return [{ text: `No prediction: ${reason}.` }];
  const rows = measured
    .filter(({ engine }) => engine.startsWith("ours"))
    .flatMap((arm) => {
      const predicted = of(arm);
      if (predicted === null) return [];
      const predictedMs = 1000 * predicted.stepS;
      const reached = percent(ratio(predictedMs, arm.stepMs));
      return [
        [
          arm.backbone,
          arm.method,
          arm.engine,
          String(arm.batch),
          milliseconds(predictedMs),
          milliseconds(arm.stepMs),
          reached,
        ],
      ];
    });
  if (rows.length === 0) return [{ text: "No arm of ours was measured." }];
  return [
    {
      text: `The least time by the rates of an ${gpu} (docs/results/gpu-roofline.md), predicted, and what was measured.`,
    },
    { rows: [["model", "method", "engine", "batch", "predicted", "measured", "reached"], ...rows], textColumns: 3 },
  ];
}

function armsTable(measured) {
  const head = [
    "model",
    "method",
    "engine",
    "batch",
    "step",
    "middle half",
    "tokens/s",
    "trained",
    "tensors",
    "buffers",
    "device",
  ];
  head.push("W", "J gross", "J net", "flags");
  const rows = measured.map((arm) => [
    ...[arm.backbone, arm.method, arm.engine, String(arm.batch), milliseconds(arm.stepMs)],
    arm.middleHalfMs.map(number).join(" to "),
    ...[
      count(arm.tokensPerS),
      count(arm.trained),
      bytes(arm.tensorBytes),
      bytes(arm.bufferBytes),
      bytes(arm.deviceBytes),
    ],
    ...[number(arm.meanPowerW), number(arm.grossJPerThousand), number(arm.netJPerThousand)],
    [...(arm.energyFlags ?? []), ...skippedFlag(arm)].join(", "),
  ]);
  return { rows: [head, ...rows], textColumns: 3 };
}

/** Updates that overflowed while they were timed: cheaper than those that are made. */
const skippedFlag = ({ skipped }) =>
  skipped === undefined || skipped[1] === 0 ? [] : [`${skipped[1]} updates skipped`];

/** The kernels that take most of our first READ and full steps, where the card has a clock. */
function kernelsTable(measured) {
  const timed = measured.filter(({ kernels }) => kernels != null && Object.keys(kernels).length > 0).slice(0, 4);
  if (timed.length === 0) return null;
  const rows = timed.flatMap((arm) => {
    const total = Object.values(arm.kernels).reduce((sum, ms) => sum + ms, 0);
    const most = Object.entries(arm.kernels)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 6);
    return most.map(([name, ms]) => [
      ...[`${arm.backbone} ${arm.method}`, arm.engine, name, milliseconds(ms), percent(ratio(ms, total))],
    ]);
  });
  return { rows: [["step", "engine", "kernel", "GPU time, each waited for", "of all"], ...rows], textColumns: 3 };
}
