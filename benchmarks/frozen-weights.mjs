// Bytes and time of training steps with frozen weights in 32, 16, 8 and 4 bits, random weights, each arm in a process of its own and the
// arms in turn; planned bytes beside those measured.
//   node benchmarks/frozen-weights.mjs [--family=llama] [--geometry=tinyllama-1.1b] [--layers=18] [--methods=read,lora]
//     [--dtypes=f32,bf16,int8,nf4,nf4+dq] [--rounds=3] [--steps=3] [--batch=8] [--tokens=64]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { formatBytes, formatCount, markdownTable } from "@petl/report";
import { median } from "simple-statistics";
import { programFlags } from "./program-flags.mjs";

const { values: flags } = programFlags(import.meta.url, {
  options: {
    family: { type: "string", default: "llama" },
    geometry: { type: "string", default: "tinyllama-1.1b" },
    layers: { type: "string" },
    methods: { type: "string", default: "read,lora" },
    dtypes: { type: "string", default: "f32,bf16,int8,nf4,nf4+dq" },
    rounds: { type: "string", default: "3" },
    steps: { type: "string", default: "3" },
    batch: { type: "string", default: "8" },
    tokens: { type: "string", default: "64" },
  },
});
const arm = fileURLToPath(new URL("frozen-weights/arm.mjs", import.meta.url));
const layers = flags.layers === undefined ? null : Number(flags.layers);
const sizes = { batch: Number(flags.batch), tokens: Number(flags.tokens), layers };

function measure(method, dtype, device, steps) {
  const asked = { family: flags.family, geometry: flags.geometry, method, dtype, device, steps, ...sizes };
  const { status, stdout, stderr } = spawnSync(process.execPath, [arm, JSON.stringify(asked)], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${method} in ${dtype}: ${stderr.trim().split("\n").slice(-8).join("\n")}`);
  const found = JSON.parse(stdout);
  console.error(`${method}, ${dtype}, ${device}: ${found.ms.map((each) => `${each.toFixed(0)} ms`).join(", ")}`);
  return found;
}

const dtypes = flags.dtypes.split(",");
const rows = [];
for (const method of flags.methods.split(",")) {
  const found = new Map(dtypes.map((dtype) => [dtype, []]));
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const dtype of dtypes) found.get(dtype).push(measure(method, dtype, "cpu", Number(flags.steps)));
  const ofRound = (dtype) => found.get(dtype).map(({ ms }) => median(ms));
  const whole = found.get(dtypes[0])[0];
  for (const dtype of dtypes) {
    const { parameters, backbone, peak, heldBytes } = found.get(dtype)[0];
    const planned = measure(method, dtype, "plan", 1).peak;
    const ratio = median(ofRound(dtype).map((ms, round) => ms / ofRound(dtypes[0])[round]));
    rows.push([
      ...[method, dtype, formatCount(parameters), formatBytes(backbone), formatBytes(peak)],
      ...[peak === planned ? "equal" : formatBytes(planned), (peak / whole.peak).toFixed(3), formatBytes(heldBytes)],
      ...[`${median(ofRound(dtype)).toFixed(0)} ms`, ratio.toFixed(2)],
    ]);
  }
}
const head = [
  "method",
  "weights",
  "parameters",
  "backbone",
  "peak",
  "planned",
  `of ${dtypes[0]}`,
  "process",
  "step",
  `of ${dtypes[0]}`,
];
console.log(markdownTable(head, rows, (column) => column >= 2));
