import { formatNames } from "@petl/task/text-formats";
import { cpuKernelNames, precisionNames } from "@petl/tensor/device";
import { budget, choice, orNone, orWord, toggle, whole } from "./kinds/index.js";
import { settingsIn, sweep, type ValuesOf } from "./setting.js";

const data = settingsIn("What runs");
const protocol = settingsIn("How methods are compared");
const cache = settingsIn("What is kept of a frozen backbone");
const machine = settingsIn("Where it runs");

/** Of the largest machines; each device refuses what is too much for the machine at hand. */
const mostThreads = 4096;

/** What a run takes of its data, keeps of its backbone, and computes with. To add a setting, add an entry. */
export const runOptions = {
  limit: sweep(
    data({
      kind: orNone(whole({ min: 1 })),
      default: null,
      label: "Training examples, at most",
      help: "Most training examples of each task, a fixed random sample; several values repeat every run with each",
      unset: "all",
    }),
  ),
  evalLimit: data({
    kind: orNone(whole({ min: 1 })),
    default: null,
    label: "Evaluation examples, at most",
    help: "Most examples of each evaluation split",
    unset: "all",
    commands: ["glue", "eval"],
  }),
  protocol: protocol({
    kind: choice(["dev", "tuned"], "<how>"),
    default: "dev",
    label: "Protocol",
    help: "How a score is chosen: tuned chooses rate and epoch on held-out training examples, alike for every method, and scores dev once; dev reports the best score on dev, as many papers do",
  }),
  validation: protocol({
    kind: orNone(whole({ min: 1, placeholder: "<examples>" })),
    default: null,
    label: "Held-out training examples",
    help: "Training examples that each seed holds out to choose by, beside those of --limit, at most a third of all; with --protocol tuned",
    unset: "a tenth of the training file, at most 1,000",
  }),
  textFormat: data({
    kind: choice(["auto", ...formatNames]),
    default: "auto",
    earlier: { name: "textFormat", value: "t5" },
    label: "Text format",
    help: `How examples are written as text: ${formatNames.join(", ")}; auto is what suits the backbone and the scoring`,
  }),
  cacheActivations: cache({
    kind: choice(["auto", "on", "off"], "<how>"),
    default: "auto",
    label: "Activation cache",
    help: "Run a frozen backbone once per example instead of once per epoch: auto where that saves time, on wherever it is correct, off never",
  }),
  cacheBudget: cache({
    kind: orNone(budget()),
    default: null,
    label: "Activation cache budget",
    help: "Most bytes to keep, in all (4GB) or in memory and on disk apart (2GB+20GB)",
    unset: "a quarter of what is free of each",
  }),
  shareCache: cache({
    kind: toggle(),
    default: false,
    label: "Activation cache shared by runs",
    help: "Let runs with the same backbone and examples use each other's cached activations",
  }),
  threads: machine({
    kind: orNone(whole({ min: 1, max: mostThreads })),
    default: null,
    label: "Threads",
    help: "Threads the device computes with",
    unset: "the device's choice",
  }),
  cpuKernels: machine({
    kind: choice(cpuKernelNames),
    default: "auto",
    label: "CPU kernels",
    help: "Kernels of the CPU device: auto takes the host's BLAS if it has one, else wasm; simd is wasm without relaxed SIMD",
  }),
  gpu: machine({
    kind: orNone(orWord(whole(), "software")),
    default: null,
    label: "GPU",
    help: "Which GPU, as bench doctor numbers them; software is one that the CPU emulates, for tests",
    unset: "the first",
    commands: ["glue", "eval"],
  }),
  precision: machine({
    kind: choice(precisionNames),
    default: "f32",
    identity: "unless default",
    label: "Precision",
    help: "What the webgpu device computes matrix products from: float32; f16, operands rounded to half precision; f32x3, three such products for each. Sums and tensors are float32",
  }),
};

/** The options of one run. */
export type RunOptions = ValuesOf<typeof runOptions>;
