// Plans the memory of fine-tuning decoders and encoders, beside what others published, into docs/results/planned-memory.md.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { atBest, findGeometry, forecastMethods } from "@petl/bench";
import { formatBytes, formatCount, formatPercent, markdownTable } from "@petl/report";
import { defaultSettings } from "@petl/trainer";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const sources = {
  tables: "[litgpt, resource tables](https://github.com/Lightning-AI/litgpt/blob/main/tutorials/resource-tables.md)",
  hub: "[litgpt, config hub](https://github.com/Lightning-AI/litgpt/tree/main/config_hub/finetune)",
  torchtune: "[torchtune, README](https://github.com/pytorch/torchtune)",
};
/** Peaks as published, in units of 10^9 bytes or in GiB, of batches of so many sequences of so many tokens; frozen weights as said. */
const published = [
  ["llama-2-7b", "lora", "bf16", 1, 1304, "21.30 GB", sources.tables],
  ["llama-2-7b", "lora", "bf16", 2, 1304, "29.07 GB", sources.tables],
  ["llama-2-7b", "lora", "nf4", 1, 1304, "14.14 GB", sources.tables],
  ["llama-2-7b", "lora", "nf4+dq", 1, 1304, "13.84 GB", sources.tables],
  ["llama-2-7b", "lora", "bf16", 2, 512, "19.77 GB", sources.hub],
  ["llama-2-7b", "lora", "nf4", 2, 512, "13.68 GB", sources.hub],
  ["llama-3.2-1b", "full", "f32", 4, 512, "8.70 GB", sources.hub],
  ["llama-3.2-1b", "lora", "bf16", 1, 512, "4.49 GB", sources.hub],
  ["llama-3.2-1b", "lora", "nf4", 2, 512, "5.53 GB", sources.hub],
  ["llama-3.1-8b", "full", "f32", 2, 2048, "18.9 GiB on a 4090", sources.torchtune],
  ["llama-3.1-8b", "full", "f32", 2, 2048, "37.4 GiB on an A6000", sources.torchtune],
  ["llama-3.1-8b", "lora", "bf16", 2, 2048, "16.2 GiB on a 4090", sources.torchtune],
  ["llama-3.1-8b", "lora", "bf16", 2, 2048, "30.3 GiB on an A6000", sources.torchtune],
  ["llama-3.1-8b", "lora", "nf4", 2, 2048, "7.4 GiB", sources.torchtune],
  ["llama-3.2-3b", "full", "f32", 2, 4096, "25.5 GiB", sources.torchtune],
  ["llama-3.2-3b", "lora", "bf16", 2, 4096, "8.5 GiB", sources.torchtune],
  ["llama-3.2-3b", "lora", "nf4", 2, 4096, "4.6 GiB", sources.torchtune],
];
const decoders = ["llama-3.2-1b", "llama-3.2-3b", "llama-2-7b", "qwen2.5-7b", "llama-3.1-8b"];
const encoders = ["bert-base", "roberta-base", "roberta-large"];
const methods = ["read", "lora", "bitfit", "full"];
const answerTokens = 8;

/** Planned methods on a backbone, batches of `tokens` tokens, of which `answers` are answered. */
async function plan(backbone, names, batchSize, tokens, answers, backboneDtype = "f32") {
  const { methods: found } = await forecastMethods({
    geometry: await findGeometry(backbone, docs, {}),
    arms: names.map((method) => ({ method, config: {} })),
    settings: {
      ...defaultSettings,
      batchSize,
      maxLength: tokens + 1 - answers,
      maxTargetLength: answers,
      backboneDtype,
    },
    ...{ places: {}, deviceMemoryBytes: null, gpus: [], precision: "f32", reached: atBest, epochs: 3 },
  });
  console.error(`planned ${backbone}, ${batchSize} x ${tokens}, ${answers} answered, ${backboneDtype}`);
  return found;
}

const plans = new Map();
function planOnce(...asked) {
  const key = JSON.stringify(asked);
  if (!plans.has(key)) plans.set(key, plan(...asked));
  return plans.get(key);
}

const peakOf = ({ peakBytes, recomputedPeakBytes }, recompute) => (recompute ? recomputedPeakBytes : peakBytes).total;
const isNumeric = (first) => (column) => column >= first;

/** Beside each published figure ours of the same method, batch and length, every token but the first being a target. */
async function besidePublished() {
  const rows = [];
  for (const [backbone, method, dtype, batch, tokens, figure, source] of published) {
    const [own] = await planOnce(backbone, [method], batch, tokens, tokens, dtype);
    const ours = [peakOf(own), peakOf(own, true), own.peakBytes.backbone].map(formatBytes);
    const weights = method === "full" ? "all trained" : dtype;
    rows.push([backbone, method, weights, `${batch} x ${tokens}`, figure, ...ours, source]);
  }
  const head = [
    "model",
    "method",
    "frozen weights",
    "batch",
    "published",
    "planned",
    "with recompute",
    "backbone alone",
    "source",
  ];
  return markdownTable(head, rows, (column) => column >= 4 && column <= 7);
}

/** READ beside LST, LoRA and full fine-tuning of Llama-2-7B: where every token is a target, and where few are. */
async function onLlama2() {
  const rows = [];
  for (const [batch, tokens, answers] of [
    [1, 1304, 1304],
    [1, 1304, answerTokens],
    [16, 256, answerTokens],
  ])
    for (const dtype of ["f32", "bf16", "nf4+dq"])
      for (const own of await plan(
        "llama-2-7b",
        ["read", "qst", "lst", "lora", "full"],
        batch,
        tokens,
        answers,
        dtype,
      )) {
        if (own.method === "full" && dtype !== "f32") continue; // it freezes nothing
        rows.push([
          `${batch} x ${tokens}`,
          answers === tokens ? "every token" : `${answers} tokens`,
          own.method,
          dtype,
          ...sizes(own),
          formatBytes(peakOf(own) - own.peakBytes.backbone),
        ]);
      }
  const head = ["batch", "answer", "method", "weights", "trained", "planned", "of full", "beside the backbone"];
  return markdownTable(head, rows, isNumeric(4));
}

const sizes = (own) => [
  formatCount(own.trainableParams - own.headParams),
  formatBytes(peakOf(own)),
  formatPercent(own.relativeToFull),
];

async function everyModel(backbones, [batch, tokens], answers) {
  const rows = [];
  for (const backbone of backbones) {
    const found = await plan(backbone, methods, batch, tokens, answers);
    const { totalParams, headParams } = found.find(({ method }) => method === "full");
    for (const own of found)
      rows.push([
        backbone,
        formatCount(totalParams - headParams),
        own.method,
        ...sizes(own),
        formatBytes(peakOf(own, true)),
      ]);
  }
  const head = ["model", "parameters", "method", "trained", "planned, f32", "of full", "with recompute"];
  return markdownTable(head, rows, isNumeric(3));
}

const page = [
  "# Planned memory of decoders and encoders",
  "What `bench plan` forecasts for models that nobody loaded: live tensor bytes at the peak of one training step in f32 (AdamW, no dropout), before any run. Frozen weights are kept in f32 unless a table says otherwise ([frozen weights](../quantised.md)). Every figure of ours on this page is planned, that is _predicted_; only the published ones were measured, by others. GB are 10^9 bytes. Written by `pnpm plan:memory` ([what a forecast is](../plan.md)).",
  "## Beside published figures",
  await besidePublished(),
  [
    "The two columns are not the same quantity, and none of our figures says that we need more or less memory than those programs:",
    "- **Type.** The published runs compute in bf16, 2 bytes for each weight, activation, gradient and moment; ours compute in f32, 4 bytes, whatever the frozen weights are stored in. NF4 keeps the embedding and the head in bf16, here and there.\n- **What is counted.** Ours are tensors. Theirs is a GPU's peak, with what the allocator and libraries hold.\n- **What is saved.** torchtune's full fine-tuning of 8.03 billion parameters would need 30 GiB for AdamW's moments in bf16 alone, so its 18.9 GiB come from other optimizer settings than ours; the same two methods have two figures, as it uses more of a larger GPU. Activations are recomputed under _with recompute_ alone; the published tables do not always say.\n- **What is trained.** litgpt's LoRA of Llama-2-7B trains the 4,194,304 parameters that ours does. torchtune's may adapt other layers.\n- **Rows.** We plan batches of full length whose every token but the first is a target. Theirs reach that where they are packed (Llama 3.1 8B); elsewhere the length is that of the longest row or a limit.",
  ].join("\n\n"),
  "## READ on Llama-2-7B",
  "READ's paper names it as future work. Its backbone runs without a tape, so beside the weights it holds little more than the states that it reads, and on a decoder only those of tokens that an answer is read from, each with the mean of what it sees. The last column takes the backbone's tensors away.",
  await onLlama2(),
  "Published for the same model with 4-bit weights: QLoRA 14.14 GB at 1 x 1304 (above). Published for methods of READ's kind, side networks that leave the backbone off the tape: QST 56.0 GB on Llama-2-70B where QLoRA takes 95.5 ([Zhang et al. 2024](https://arxiv.org/abs/2401.07004)); LST on a 4-bit model of 7 billion parameters half of QLoRA's peak ([2512.14237](https://arxiv.org/abs/2512.14237)). QST is ours at a sixteenth of the width, LST at an eighth.",
  "## Decoders on a classification task",
  `Batches of 16 prompts, ${answerTokens} tokens of which are answered, 256 tokens each.`,
  await everyModel(decoders, [16, 256], answerTokens),
  "## Encoders with a head",
  "Batches of 32 rows of 128 tokens and a head of two classes, which is not counted as trained here.",
  await everyModel(encoders, [32, 128], 1),
];
writeFileSync(`${docs}results/planned-memory.md`, `${page.join("\n\n")}\n`);
