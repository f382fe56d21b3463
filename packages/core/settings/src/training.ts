import { scheduleNames } from "@petl/optim/schedules";
import { backboneDtypes } from "@petl/weight-formats";
import { choice, number, orNone, orWord, powerOfTwo, toggle, whole } from "./kinds/index.js";
import { overriddenBy, settingsIn, type ValuesOf } from "./setting.js";

const training = settingsIn("How it is trained");
const frozen = settingsIn("What is kept of a frozen backbone");

/**
 * Eight times what T5 was trained with, and longer than any text of GLUE. Attention grows with the square: a forecast of 16,384 tokens
 * takes minutes and gigabytes.
 */
const mostTokens = 4096;
/** The most that a loss is multiplied by: as in NVIDIA's Apex (`max_loss_scale`). */
export const mostLossScale = 2 ** 24;
/** A hundred times the largest batches of published fine-tuning. */
const mostExamples = 65_536;

/** How a run is trained and evaluated; the same for every method of a suite that has none of its own. To add a setting, add an entry. */
export const trainingSettings = {
  epochs: overriddenBy(
    "steps",
    training({
      kind: whole({ min: 1 }),
      default: 3,
      label: "Epochs",
      help: "Passes over the training examples",
    }),
  ),
  steps: training({
    kind: orNone(whole()),
    default: null,
    label: "Steps",
    help: "Updates in all, instead of --epochs; 0 scores the backbone with the method attached and not trained",
    unset: "by the epochs",
  }),
  batchSize: training({
    kind: whole({ min: 1, max: mostExamples }),
    default: 32,
    label: "Batch size",
    help: "Examples per update",
    commands: ["glue", "plan"],
  }),
  accumulate: training({
    kind: whole({ min: 1 }),
    default: 1,
    label: "Micro-batches per update",
    help: "Micro-batches that the batch of each update is split into: less memory, more time, the same update to rounding",
    commands: ["glue", "plan"],
  }),
  evalBatchSize: training({
    kind: whole({ min: 1, max: mostExamples }),
    default: 64,
    label: "Batch size, evaluation",
    help: "Examples per batch of an evaluation",
  }),
  maxLength: training({
    kind: whole({ min: 2, max: mostTokens, placeholder: "<tokens>" }),
    default: 128,
    label: "Longest input (tokens)",
    help: "Longest source text in tokens, end of sequence included; longer ones are cut",
    commands: ["glue", "plan"],
  }),
  maxTargetLength: training({
    kind: whole({ min: 2, max: mostTokens, placeholder: "<tokens>" }),
    default: 8,
    label: "Longest target (tokens)",
    help: "Longest target text in tokens, end of sequence included; longer ones are cut",
    commands: ["glue", "plan"],
  }),
  learningRate: training({
    kind: number({ above: 0, placeholder: "<rate>" }),
    default: 3e-4,
    label: "Learning rate",
    help: "Peak learning rate, which a method may scale",
  }),
  weightDecay: training({
    kind: number({ min: 0 }),
    default: 0,
    label: "Weight decay",
    help: "Decoupled weight decay of AdamW",
  }),
  warmupSteps: training({
    kind: orNone(whole()),
    default: null,
    label: "Warm-up steps",
    help: "Updates over which the learning rate rises linearly to its peak",
    unset: "a tenth of all updates, at most 500",
  }),
  schedule: training({
    kind: choice(scheduleNames),
    default: "linear",
    label: "Schedule",
    help: `How the learning rate changes after the warm-up: ${scheduleNames.join(", ")}`,
  }),
  clipNorm: training({
    kind: orNone(number({ above: 0, placeholder: "<norm>" })),
    default: 1,
    label: "Gradient clipping (norm)",
    help: "Global norm to which larger gradients are scaled down, or none",
  }),
  lossScale: training({
    kind: orWord(powerOfTwo({ max: mostLossScale }), "auto", "dynamic", "off"),
    default: "auto",
    identity: "unless default",
    label: "Loss scale",
    help: "What the loss is multiplied by before it is differentiated, so that small gradients are not lost in half precision: a power of two, dynamic (halved and doubled as gradients allow), off, or auto: dynamic on a device that needs it. An update with gradients that are not finite is skipped",
  }),
  labelSmoothing: training({
    kind: number({ min: 0, below: 1, placeholder: "<share>" }),
    default: 0,
    label: "Label smoothing",
    help: "Share of each target token's probability that the loss spreads evenly over the vocabulary",
    commands: ["glue", "plan"],
  }),
  dropout: training({
    kind: number({ min: 0, below: 1, placeholder: "<rate>" }),
    default: 0,
    label: "Dropout",
    help: "Dropout rate of the backbone while it trains",
    commands: ["glue", "plan"],
  }),
  recompute: training({
    kind: toggle(),
    default: false,
    label: "Activation recomputation",
    help: "Keep only the inputs of blocks and compute the rest again backward: less memory, more time, the same result",
    commands: ["glue", "plan"],
  }),
  evalEvery: training({
    kind: orNone(whole({ min: 1, placeholder: "<steps>" })),
    default: null,
    label: "Steps between evaluations",
    help: "Updates between evaluations",
    unset: "once an epoch",
  }),
  logEvery: training({
    kind: whole({ min: 1, placeholder: "<steps>" }),
    default: 1,
    label: "Steps between logged losses",
    help: "Updates between logged losses, each the mean since the one before; a GPU is waited for only then",
    identity: false,
    commands: ["glue", "plan"],
  }),
  patience: training({
    kind: orNone(whole({ min: 1 })),
    default: null,
    label: "Evaluations without improvement before it stops (at least an epoch)",
    help: "Stop after this many evaluations (and at least one epoch) without improvement",
    unset: "never stop early",
  }),
  bucketing: training({
    kind: toggle(),
    default: true,
    label: "Length bucketing",
    help: "Batch examples of similar length, so that less is computed on padding",
  }),
  scoring: training({
    kind: choice(["auto", "trie", "likelihood", "head", "free"], "<how>"),
    default: "auto",
    earlier: { name: "decode", value: "trie" },
    label: "Scoring",
    help: "How answers are made: trie writes one of the task's answers token by token, likelihood takes the likeliest of them, head trains a classifier, free writes any text, auto is what suits the backbone",
    commands: ["glue", "plan"],
  }),
  backboneDtype: frozen({
    kind: choice(backboneDtypes),
    default: "f32",
    identity: "unless default",
    label: "Frozen weights",
    help: "How a frozen backbone's weights are kept: bf16 or f16; int8, nf4 or nf4+dq in linear layers and bf16 in tables of tokens; or as the checkpoint's file has them. Arithmetic is float32, and so is what a method trains",
    commands: ["glue", "plan"],
  }),
};

const { epochs, steps, evalEvery, patience } = trainingSettings;
/** Those that say how long a run trains: a trial of a search is shorter than the run that it chooses for. */
export const lengthSettings = { epochs, steps, evalEvery, patience };

/** The training settings of a run. */
export type TrainingValues = ValuesOf<typeof trainingSettings>;
