import { writeFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { readSafetensors, writeSafetensors } from "@petl/checkpoint";
import { makeDirectory, parseJson, readText } from "@petl/files";
import { findTask } from "@petl/glue";
import { optionalShape, renamed, runOptions, trainingSettings } from "@petl/settings";
import { isTableTask, type TableTask } from "@petl/table-tasks";
import type { Task } from "@petl/task";
import { type Tensor, tf, type Variable } from "@petl/tensor";
import type { TunedModel } from "@petl/trainer";
import { z } from "zod";
import { BenchError } from "../errors.js";

const weightsFile = "trained.safetensors";
export const aboutFile = "method.json";
/** A hundred times what a method with many settings needs. */
const mostAboutBytes = 1 << 20;

const savedSchema = z.object({
  version: z.literal(1),
  /** `module` is the path it was imported from, `packageName` what to look for if it has gone from there. */
  method: z.object({ packageName: z.string(), module: z.string(), config: z.unknown() }),
  /** As `loadBackbone` takes it; the seed is that of random weights; null sha256: random. */
  backbone: z.object({
    reference: z.string(),
    seed: z.int(),
    sha256: z.string().nullable(),
    /** Name of its family; null in models that were saved when there was one. */
    family: z.string().nullable().default(null),
  }),
  task: z.string(),
  /** The task itself where it is no collection's, its files by their paths; null: it is found by its name. */
  ownTask: z
    .custom<TableTask>((value) => isTableTask(value as Task))
    .nullable()
    .default(null),
  textFormat: runOptions.textFormat.kind.schema,
  /** The data it was trained with, in GLUE's layout. */
  directory: z.string(),
  evalLimit: runOptions.evalLimit.kind.schema,
  /** As trained with: a value out of range would change the score in silence. */
  settings: z.preprocess(
    (given) => renamed(trainingSettings, given),
    z.object({ seed: z.int() }).extend(z.object(optionalShape(trainingSettings)).required().shape),
  ),
});

/** All that is needed to use a tuned model again, but for its trained tensors. */
export type SavedModel = z.infer<typeof savedSchema>;

/** The task that it was tuned for. */
export const savedTask = ({ task, ownTask }: SavedModel): Task => ownTask ?? findTask(task);

/** The directory of a run's model below an output directory. */
export const modelDirectory = (out: string, id: string): string => join(out, "models", id);

/**
 * Writes every tensor that the backbone does not have so (added and unfrozen ones, by our names) as `trained.safetensors`, then `method.json`, whose
 * paths are relative to the model's directory, so that a folder with runs, data and methods can be moved.
 */
export async function saveModel(directory: string, model: TunedModel, about: SavedModel): Promise<void> {
  const tensors: Record<string, { shape: readonly number[]; values: Float32Array }> = {};
  for (const [name, tensor] of Object.entries(model.tuned))
    tensors[name] = { shape: tensor.shape, values: (await tensor.data()) as Float32Array };
  makeDirectory(directory);
  writeSafetensors(join(directory, weightsFile), tensors, {
    metadata: { format: "petl", method: about.method.packageName },
  });
  const stored = withPaths(about, (path) => relativePath(directory, path));
  writeFileSync(join(directory, aboutFile), `${JSON.stringify(stored, null, 2)}\n`); // last: its presence means a whole model
}

/** What is saved in a directory, its paths absolute. @throws BenchError E_MODEL_INVALID where it holds no saved model */
export function readSavedModel(directory: string): SavedModel {
  const file = join(directory, aboutFile);
  try {
    const stored = savedSchema.parse(parseJson(readText(file, mostAboutBytes)));
    return withPaths(stored, (path) => (isRelative(path) ? resolve(directory, path) : path));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new BenchError(
      "E_MODEL_INVALID",
      `${directory}: expected a model that bench glue --save wrote (<out>/models/<run>), got ${reason.replaceAll("\n", " ").slice(0, 160)}`,
      { cause },
    );
  }
}

/** A saved model with each of its paths mapped; names of packages, backbones and hub repositories stay. */
function withPaths(saved: SavedModel, map: (path: string) => string): SavedModel {
  const { method, backbone, directory } = saved;
  const mapName = (name: string): string => (isAbsolute(name) || isRelative(name) ? map(name) : name);
  return {
    ...saved,
    method: { ...method, packageName: mapName(method.packageName), module: mapName(method.module) },
    backbone: { ...backbone, reference: mapName(backbone.reference) },
    directory: mapName(directory),
  };
}

const isRelative = (path: string): boolean => /^\.{1,2}(\/|$)/.test(path);

/** With slashes and a leading dot; the path itself where there is none, as between drives. */
function relativePath(directory: string, path: string): string {
  const way = relative(resolve(directory), path);
  if (isAbsolute(way)) return path;
  const slashed = way.split(sep).join("/");
  return isRelative(slashed) ? slashed : `./${slashed}`;
}

/** Puts saved tensors into a model with the same method attached. @throws BenchError E_MODEL_INVALID if they do not fit it */
export function restoreTensors(directory: string, model: TunedModel): void {
  const file = join(directory, weightsFile);
  const tensors = model.tuned;
  const stored = readSafetensors(file);
  try {
    const [found, wanted] = [stored.names().sort(), Object.keys(tensors).sort()];
    const odd = [...wanted.filter((name) => !found.includes(name)), ...found.filter((name) => !wanted.includes(name))];
    const shaped = Object.entries(tensors).filter(
      ([name, tensor]) => odd.length === 0 && stored.info(name).shape.join() !== tensor.shape.join(),
    );
    const problem = odd[0] ?? shaped[0]?.[0];
    if (problem !== undefined)
      throw new BenchError(
        "E_MODEL_INVALID",
        `${file}: expected the ${wanted.length} tensors of this method on this backbone, got ${found.length}; ${problem} does not fit; was the method's package changed since?`,
      );
    for (const [name, tensor] of Object.entries(tensors)) {
      const values = stored.read(name);
      const odd = values.find((value) => !Number.isFinite(value));
      if (odd !== undefined)
        throw new BenchError(
          "E_MODEL_INVALID",
          `${file}: expected finite weights, got ${odd} in tensor "${name}"; the file is damaged: train the model again`,
        );
      const value: Tensor = tf.tensor(values, tensor.shape);
      (tensor as Variable).assign(value);
      value.dispose();
    }
  } finally {
    stored.close();
  }
}
