import { existsSync } from "node:fs";
import { join } from "node:path";
import { type LoadedBackbone, saveCheckpoint, writeLayoutFiles } from "@petl/backbone";
import { CONFIG_FILE, copyTokenizer, tokenizerFiles } from "@petl/checkpoint";
import { readText } from "@petl/files";
import type { PetlMethod } from "@petl/spec";
import { tf } from "@petl/tensor";
import type { TunedModel } from "@petl/trainer";
import { jsonTextAs } from "../config-text/numbers.js";
import { BenchError } from "../errors.js";
import { claimFiles } from "../ownership/claim-files.js";
import { refuseForeign } from "../ownership/folders.js";
import { parseConfig } from "../resolve/call-method.js";
import { mostConfigBytes } from "../resolve/family.js";
import { cardFile } from "./model-card.js";
import { findSavedParts, openSavedParts, type SavedModelOptions } from "./open-saved-model.js";
import { readSavedModel, type SavedModel, savedTask } from "./saved-model.js";
import { recordOfModel, writeCard } from "./write-card.js";

/** The layout that needs no word of the method: a whole checkpoint with the method folded in. */
export const mergedLayout = "merged";

export interface ExportOptions extends Pick<SavedModelOptions, "places" | "device"> {
  /** `merged`, or one of the method's own. */
  readonly layout: string;
  /** Directory to write to; made if it is not there. */
  readonly to: string;
}

/** What was written. */
export interface ExportedModel {
  readonly method: string;
  /** Names below the directory. */
  readonly files: readonly string[];
}

interface OpenedModel {
  /** The saved model's directory. */
  readonly from: string;
  readonly saved: SavedModel;
  readonly method: PetlMethod;
  readonly backbone: LoadedBackbone;
  readonly model: TunedModel;
}

/**
 * Writes a saved model for use elsewhere: `merged` as a checkpoint of the backbone's kind, its tokenizer included, otherwise in a
 * file layout that the method knows.
 *
 * @throws BenchError E_OUT_FOREIGN, E_OUT_INPUT where `to` is not for an export, E_LAYOUT_UNKNOWN for a layout the method does not have, E_MODEL_INVALID where the model does not fit any more;
 *   ConfigError for settings a layout cannot express
 */
export async function exportSaved(
  directory: string,
  { layout, to, ...options }: ExportOptions,
): Promise<ExportedModel> {
  const saved = readSavedModel(directory);
  refuseForeign(to, "bench export"); // before a backbone is loaded
  const parts = await findSavedParts(directory, saved, options);
  const method = parts.method.definition;
  const { device, backbone, model } = await openSavedParts(directory, saved, parts);
  try {
    const opened = { from: directory, saved, method, backbone, model };
    const files = layout === mergedLayout ? await writeMerged(opened, to) : await writeLayout(opened, layout, to);
    return { method: method.name, files };
  } finally {
    await device.close();
  }
}

async function writeMerged(opened: OpenedModel, to: string): Promise<string[]> {
  const { model, backbone } = opened;
  if (!merges(model)) throw noLayout(opened, mergedLayout);
  claim(opened, mergedLayout, to, [
    "config.json",
    "model.safetensors",
    ...tokenizerFiles(backbone.directory),
    cardFile,
  ]);
  const { params, publishedNames } = model.backbone;
  const merged = model.attachment.merge?.(params, model.params) ?? {};
  const configFields = configFieldsOf(opened);
  await saveCheckpoint(
    to,
    {
      configFields,
      ...configTextOf(configFields, backbone.directory),
      publishedNames,
      params: { ...params, ...merged },
    },
    { metadata: { format: "pt" } },
  );
  copyTokenizer(backbone.directory, to);
  tf.dispose(Object.values(merged));
  await describe(opened, to, "transformers");
  return ["config.json", "model.safetensors", "the tokenizer", cardFile];
}

/** Numbers as the backbone's own `config.json` writes them, where it has one. */
function configTextOf(fields: object, directory: string): { readonly configText?: string } {
  const original = join(directory, CONFIG_FILE);
  return existsSync(original) ? { configText: jsonTextAs(fields, readText(original, mostConfigBytes)) } : {};
}

/** The fields of `config.json`, with those that other libraries read of a head where one answers. */
function configFieldsOf({
  saved,
  backbone: { family, config },
  model,
}: OpenedModel): Readonly<Record<string, unknown>> {
  const fields = family.configFields(config);
  if (model.backbone.headTask === null) return fields;
  const { target } = savedTask(saved);
  const names = target.kind === "class" ? target.labels.map(({ word }) => word) : ["score"];
  const classifier = (name: string): string => name.replace(/(Model|For[A-Z]\w*)$/, "ForSequenceClassification");
  return {
    ...fields,
    architectures: ((fields.architectures ?? []) as string[]).map(classifier),
    problem_type: target.kind === "class" ? "single_label_classification" : "regression",
    id2label: Object.fromEntries(names.map((name, index) => [index, name])),
    label2id: Object.fromEntries(names.map((name, index) => [name, index])),
  };
}

async function writeLayout(opened: OpenedModel, layout: string, to: string): Promise<string[]> {
  const { saved, method, backbone, model } = opened;
  const { layouts = {} } = method;
  const write = Object.hasOwn(layouts, layout) ? layouts[layout] : undefined;
  if (write === undefined) throw noLayout(opened, layout);
  const { kind, name } = backbone.source;
  const files = write({
    backbone: model.backbone,
    backboneSource: kind === "hub" ? name : saved.backbone.reference,
    config: parseConfig(method, saved.method.config),
    trained: model.trained,
    frozen: model.frozen,
  });
  const names = [files.tensors, files.json, files.text ?? {}].flatMap(Object.keys);
  claim(opened, layout, to, [...names, cardFile]);
  await writeLayoutFiles(to, files);
  await describe(opened, to, layout);
  return [...names, cardFile];
}

async function describe({ from, saved, method }: OpenedModel, to: string, library: string): Promise<void> {
  const use = `The files are for ${library}.`;
  writeCard(to, saved, await recordOfModel(from), { method: method.name, library, use });
}

function claim({ from, saved, backbone }: OpenedModel, layout: string, to: string, files: readonly string[]): void {
  const { reference } = saved.backbone;
  const backbones = [backbone.directory, ...(existsSync(reference) ? [reference] : [])];
  claimFiles(to, {
    ...{ kind: "bench export", files },
    about: { layout, method: saved.method.packageName, backbone: reference },
    inputs: [{ what: "the model", path: from }, ...backbones.map((path) => ({ what: "the backbone", path }))],
  });
}

/** Whether the tuned model is a backbone of the same kind: the method merges, or has only trained the backbone in place. */
function merges({ attachment: { params, hooks, side, merge } }: TunedModel): boolean {
  return merge !== undefined || (hooks.size === 0 && side === undefined && Object.keys(params).length === 0);
}

function noLayout({ method, model }: OpenedModel, layout: string): BenchError {
  const known = [...(merges(model) ? [mergedLayout] : []), ...Object.keys(method.layouts ?? {})];
  const has = known.length === 0 ? "it has none: load it with bench eval" : `expected one of ${known.join(", ")}`;
  return new BenchError("E_LAYOUT_UNKNOWN", `layout "${layout}": ${method.name} cannot be written so; ${has}`);
}
