// Plans what holds the memory of a training step, method by method, into docs/results/memory-ledger.md and its pictures.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { atBest, findGeometry, forecastMethods } from "@petl/bench";
import { forecastFiles, markdownTable, pscp } from "@petl/report";
import { defaultSettings } from "@petl/trainer";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const pictures = "memory-ledger-charts";

/** The plan of methods on a backbone: its picture in the docs, and its two tables of what holds the peak. */
async function section(title, backbone, methods, { batchSize, tokens, answers, backboneDtype }) {
  const settings = {
    ...defaultSettings,
    batchSize,
    maxLength: tokens + 1 - answers,
    maxTargetLength: answers,
    backboneDtype,
  };
  const forecast = await forecastMethods({
    geometry: await findGeometry(backbone, docs, {}),
    arms: methods.map((method) => ({ method, config: {} })),
    ...{ settings, places: {}, deviceMemoryBytes: null, gpus: [], precision: "f32", reached: atBest, epochs: 3 },
  });
  const files = forecastFiles(forecast, { named: [], deviceMemoryBytes: null, training: null }, null);
  const picture = files.find(({ name }) => name.endsWith(".svg"));
  const file = `${backbone}.svg`;
  writeFileSync(`${docs}results/${pictures}/${file}`, picture.content);
  const ledgers = files
    .find(({ name }) => name.endsWith(".md"))
    .content.split(/^## /m)
    .filter((part) => part.startsWith("What holds"))
    .map((part) => `### ${part.trim()}`);
  console.error(`planned ${backbone}`);
  const caption = `${batchSize} rows of ${tokens} tokens, frozen weights in ${backboneDtype}`;
  return [
    `## ${title}`,
    `${caption}.`,
    `![${title}: what holds the peak, ${caption}](${pictures}/${file})`,
    ...ledgers,
  ];
}

/** PEFT's own comparison, Llama-3.2-3B on MetaMathQA and GSM8K: method, trained parameters in millions, most GB, seconds, accuracy. */
const published = [
  ["full", 3213, 38.9, 2147, 0.472],
  ["LoRA, rank 32", 9.18, 22.3, 942, 0.478],
  ["rsLoRA, rank 64", 18.35, 22.6, 966, 0.513],
  ["DoRA", 9.29, 24.5, 1191, 0.469],
  ["LoRA-FA", 3.67, 22.2, 1159, 0.404],
  ["MiSS", 7.34, 20.3, 897, 0.487],
  ["OFT", 8.17, 22.3, 1192, 0.491],
  ["VeRA", 0.13, 21.6, 1011, 0.354],
  ["(IA)3", 0.29, 23.2, 987, 0.311],
  ["prefix tuning", 2.87, 20.6, 878, 0.416],
  ["prompt tuning", 0.61, 24.4, 1473, 0.057],
  ["LayerNorm tuning", 0.18, 21.2, 918, 0.0],
];

function publishedTable() {
  const head = ["method", "trained, millions", "most memory, GB", "time, s", "accuracy", "x size x memory"];
  const rows = published.map(([method, millions, gigabytes, seconds, accuracy]) => {
    const costs = { trainableParams: millions * 1e6, forwardFlops: 0, memoryBytes: gigabytes * 1e9 };
    const discounted = pscp(accuracy, costs);
    return [method, millions, gigabytes, seconds, accuracy.toFixed(3), discounted.toFixed(3)].map(String);
  });
  return markdownTable(head, rows, (column) => column >= 1);
}

mkdirSync(`${docs}results/${pictures}`, { recursive: true });
const page = [
  "# Where the memory goes",
  "LoRA trains less than one percent of a model. Why does it not save most of the memory? And what do LoRA-FA, GaLore, LISA and the networks beside the backbone take away? Each bar is the exact peak of live tensor bytes of one training step, planned without running it ([what a forecast is](../plan.md)), split by what held them at that moment. Written by `pnpm plan:ledger`.",
  [
    "- **Weights**: the backbone's and the method's. Only storing frozen weights in fewer bits makes them smaller ([frozen weights](../quantised.md)).",
    "- **Gradients and optimizer**: of what is trained, 4 and 8 bytes a parameter, and gradients of states on their way back. LoRA saves the former. GaLore saves the optimizer's, LISA both, for the layers that wait.",
    "- **Kept for backward**: activations that a gradient will read. A LoRA factor in the first layer needs the gradient of everything after it, so LoRA keeps nearly what full fine-tuning keeps: this is where its memory goes. LoRA-FA keeps a rank-wide state in place of a layer's input. A network beside the backbone keeps what it reads and its own; recomputing blocks (`--recompute`) keeps their inputs alone.",
    "- **Temporaries**: what lives for one operation, or until a network beside the backbone has read it.",
  ].join("\n"),
  ...(await section(
    "An encoder: RoBERTa-base",
    "roberta-base",
    ["full", "lisa", "galore", "lora", "lora-fa", "dora", "bitfit", "sherl", "unipt", "qst", "lst", "read"],
    { batchSize: 32, tokens: 128, answers: 1, backboneDtype: "f32" },
  )),
  ...(await section(
    "A decoder of 7 billion: Llama-2-7B",
    "llama-2-7b",
    ["lora", "lora-fa", "miss", "sherl", "unipt", "qst", "lst", "read"],
    { batchSize: 4, tokens: 512, answers: 8, backboneDtype: "nf4+dq" },
  )),
  "## What others measured",
  "Cited from [PEFT's method comparison](https://github.com/huggingface/peft/tree/main/method_comparison): Llama-3.2-3B, 5,000 steps of batch 4 on MetaMathQA, accuracy on GSM8K, one L40S, bf16. None of it is ours, and settings differ by method. It finds what the ledger says: parameters fall by a factor of a thousand, memory by less than half, and among the methods that go backward through the backbone nearly all take the same. The last column is accuracy / ((1 + parameters / 5e8) (1 + GB / 94)): PSCP of [PEFT-Bench](https://arxiv.org/abs/2511.21285) without its factor for forward FLOPs, which that table does not have.",
  publishedTable(),
];
writeFileSync(`${docs}results/memory-ledger.md`, `${page.join("\n\n")}\n`);
