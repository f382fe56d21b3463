// Forecasts several sizes of each method on every T5; draws peak memory and predicted energy against trainable parameters into docs/.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { atBest, findGeometry, findGpuSpec, forecastMethods } from "@petl/bench";
import { formatBytes, formatCount, formatEnergy, formatPercent, markdownTable, renderLinePanels } from "@petl/report";
import { defaultSettings } from "@petl/trainer";

const backbones = ["t5-small", "t5-base", "t5-large", "t5-3b", "t5-11b"];
const sweep = {
  read: [32, 64, 128, 256, 512, 1024].map((hidden) => ({ hidden })),
  lora: [1, 4, 16, 64].map((rank) => ({ rank })),
  "prompt-tuning": [10, 20, 50, 100].map((tokens) => ({ tokens })),
  bitfit: [{}],
  full: [{}],
};
const settings = { ...defaultSettings, batchSize: 32, maxLength: 128, maxTargetLength: 8 };
const gpu = findGpuSpec("H100");
const docs = fileURLToPath(new URL("../docs/", import.meta.url));

const arms = Object.entries(sweep).flatMap(([method, configs]) => configs.map((config) => ({ method, config })));
const planned = [];
for (const name of backbones) {
  const request = {
    settings,
    precision: "f32",
    reached: atBest,
    gpus: [gpu],
    epochs: 20,
    deviceMemoryBytes: null,
    places: [],
  };
  const { methods } = await forecastMethods({ ...request, geometry: await findGeometry(name, docs, [docs]), arms });
  planned.push(...methods.map((plan, index) => ({ name, plan, config: arms[index].config })));
  console.error(`planned ${name}`);
}

const energyOf = ({ plan }) => plan.predicted[0].stepEnergyJ;
const panels = [
  ["peak", ({ plan }) => plan.peakBytes.total],
  ["energy", energyOf],
].flatMap(([what, figureOf]) =>
  backbones.map((name) => ({
    xName: "trainable parameters",
    title: `${name}: ${what === "peak" ? "peak bytes" : "predicted J per step"}`,
    lines: Object.keys(sweep).map((method) => ({
      label: method,
      points: planned
        .filter((point) => point.name === name && point.plan.method === method)
        .map((point) => [point.plan.trainableParams, figureOf(point)]),
    })),
  })),
);
writeFileSync(`${docs}figures/plan-sweep.svg`, renderLinePanels(panels, backbones.length));

const rows = planned.map(({ name, plan, config }) => [
  name,
  [plan.method, ...Object.entries(config).map(([key, value]) => `${key} ${value}`)].join(", "),
  formatCount(plan.trainableParams),
  formatBytes(plan.peakBytes.total),
  formatPercent(plan.relativeToFull),
  formatEnergy(energyOf({ plan })),
]);
const head = ["backbone", "method", "trained", "peak tensor bytes", "of full", `${gpu.name}, predicted`];
writeFileSync(
  `${docs}plan-sweep.md`,
  `${[
    "# Sizes of each method on every T5",
    `Batch ${settings.batchSize}, ${settings.maxLength} source and ${settings.maxTargetLength} target tokens, f32, no dropout. Bytes are exact. Energies per step are *predicted*: the shortest time that a roofline allows, at the power limit ([plan.md](plan.md)). Written by \`pnpm plan:sweep\`.`,
    "![Peak bytes and predicted energy against trainable parameters](figures/plan-sweep.svg)",
    markdownTable(head, rows, (column) => column >= 2),
  ].join("\n\n")}\n`,
);
