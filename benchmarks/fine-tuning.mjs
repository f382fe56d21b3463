// Fine-tuning of a real checkpoint on a GLUE task, in the parts that the comparisons with PyTorch time.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadBackbone } from "@petl/backbone";
import { writeSafetensors } from "@petl/checkpoint";
import { findTask, openGlue } from "@petl/glue";
import { loadTask } from "@petl/task";
import { seededRandom, tf } from "@petl/tensor";
import { defaultSettings, epochBatches, headTaskOf, prepareTask, TunedModel } from "@petl/trainer";

/** Settings as the Python side trains: batches shuffled without regard to length, one evaluation at the end. */
export function comparableSettings(settings) {
  return { ...defaultSettings, bucketing: false, dropout: 0, schedule: "linear", clipNorm: 1, ...settings };
}

/** Training and development rows; limits take the sample that `--limit` takes. */
export async function readRows(glue, taskName, limits = {}) {
  const task = findTask(taskName);
  const { reader } = await openGlue({ data: glue, tasks: [task] });
  return loadTask(await reader(task), { limit: limits.train, evalLimit: limits.dev });
}

/** A checkpoint directory as a backbone that answers a task, and how its family answers. */
export async function loadCheckpoint(directory, task, seed) {
  const family = await familyOf(directory);
  const loaded = await loadBackbone(directory, family, { seed });
  const [{ scoring, format }] = family.scorings;
  const model =
    scoring === "head" ? loaded.model.withHead(headTaskOf(task), seededRandom(seed).fork("head")) : loaded.model;
  return { model, tokenizer: loaded.tokenizer, scoring, format };
}

const families = [
  () => import("@petl/family-bert"),
  () => import("@petl/family-llama"),
  () => import("@petl/family-t5"),
];

/** The family that reads a checkpoint; those behind it in the list are not imported. */
async function familyOf(directory) {
  const { model_type: type } = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
  for (const importFamily of families) {
    const { default: family } = await importFamily();
    if (family.modelTypes.includes(type)) return family;
  }
  throw new Error(`${directory}: expected a model_type of BERT, Llama or T5, got ${type}`);
}

/** Rows as token ids. */
export function tokenised(rows, { model, tokenizer, scoring, format }, { maxLength, maxTargetLength }) {
  return prepareTask(rows, { kind: model.kind, tokenizer, scoring, format, maxLength, maxTargetLength });
}

/** What scripts/real-checkpoints/models.py calls READ's tensors, which PEFT does not know. */
const readInPyTorch = {
  norm: "norm.weight",
  input: "cell.weight_ih_l0",
  state: "cell.weight_hh_l0",
  inputBias: "cell.bias_ih_l0",
  stateBias: "cell.bias_hh_l0",
  weight: "output.weight",
  bias: "output.bias",
};

/**
 * Writes where a run begins, for `--start` of the Python side: the order of the rows in each epoch, and what is trained and was drawn, as
 * PEFT names it, or our PyTorch module of READ.
 */
export async function writeStart(path, { model, task, method, config, settings }) {
  const tuned = TunedModel.attach(model, method, config, seededRandom(settings.seed).fork("attach"), settings);
  const values = { order: ordersOf(task, settings) };
  for (const [name, tensor] of Object.entries(drawnTensors(tuned, method, config)))
    values[name] = { shape: tensor.shape, values: await tensor.data() };
  writeSafetensors(path, values);
  tuned.dispose();
}

function drawnTensors({ backbone, params, trained }, method, config) {
  const inPeft = method.layouts?.peft?.({ backbone, backboneSource: "", config, trained });
  if (inPeft !== undefined) return inPeft.tensors["adapter_model.safetensors"]; // the head is among them
  const own = Object.entries(params).flatMap(([name, tensor]) => {
    const [stack, part] = [name.slice(0, name.lastIndexOf(".")), name.split(".").at(-1)];
    if (part === "context") return []; // PyTorch has one weight for all that a cell reads
    const context = part === "input" ? params[`${stack}.context`] : undefined;
    return [[`read.${readInPyTorch[part]}`, context === undefined ? tensor : tf.concat([tensor, context], 1)]];
  });
  const head = backbone.head.map((name) => [backbone.publishedNames.get(name), backbone.param(name)]);
  return Object.fromEntries([...own, ...head]);
}

/** Indices of rows as each epoch sees them: (epochs, rows); float32 holds them exactly. */
function ordersOf(task, { seed, epochs, batchSize }) {
  const random = seededRandom(seed).fork("order");
  const epochsOrders = Array.from({ length: epochs }, (_, epoch) =>
    epochBatches(task.train, batchSize, false, random.fork(epoch + 1)).flat(),
  );
  return { shape: [epochs, task.train.length], values: Float32Array.from(epochsOrders.flat()) };
}
