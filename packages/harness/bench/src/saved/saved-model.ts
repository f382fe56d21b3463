import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@petl/checkpoint";
import { runOptions } from "@petl/settings";
import { type Tensor, tf, type Variable } from "@petl/tensor";
import type { TunedModel } from "@petl/trainer";
import { z } from "zod";
import { BenchError } from "../errors.js";

const weightsFile = "trained.safetensors";
export const aboutFile = "method.json";

const savedSchema = z.object({
  version: z.literal(1),
  /** `url` is where it was found, `packageName` what to look for if it has gone from there. */
  method: z.object({ packageName: z.string(), url: z.string(), config: z.unknown() }),
  /** As `loadBackbone` takes it; the seed is that of random weights; null sha256: random. */
  backbone: z.object({ reference: z.string(), seed: z.int(), sha256: z.string().nullable() }),
  task: z.string(),
  textFormat: runOptions.textFormat.kind.schema,
  /** The data it was trained with, in GLUE's layout. */
  directory: z.string(),
  evalLimit: z.int().nullable(),
  settings: z.record(z.string(), z.unknown()),
});

/** All that is needed to use a tuned model again, but for its trained tensors. */
export type SavedModel = z.infer<typeof savedSchema>;

/** Where the model of a run lies below an output directory. */
export const modelDirectory = (out: string, id: string): string => join(out, "models", id);

/** Writes every trained tensor (added and unfrozen ones, by our names) as `trained.safetensors`, then `method.json`. */
export async function saveModel(directory: string, model: TunedModel, about: SavedModel): Promise<void> {
  const tensors: Record<string, { shape: readonly number[]; values: Float32Array }> = {};
  for (const [name, tensor] of Object.entries(model.trained))
    tensors[name] = { shape: tensor.shape, values: (await tensor.data()) as Float32Array };
  mkdirSync(directory, { recursive: true });
  writeSafetensors(join(directory, weightsFile), tensors, {
    metadata: { format: "petl", method: about.method.packageName },
  });
  writeFileSync(join(directory, aboutFile), `${JSON.stringify(about, null, 2)}\n`); // last: it says that all is there
}

/** @throws BenchError E_MODEL_INVALID where the directory holds no saved model */
export function readSavedModel(directory: string): SavedModel {
  const file = join(directory, aboutFile);
  try {
    return savedSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new BenchError(
      "E_MODEL_INVALID",
      `${directory}: expected a model that bench glue --save wrote (<out>/models/<run>), got ${reason.replaceAll("\n", " ")}`,
      { cause },
    );
  }
}

/** Puts saved tensors into a model with the same method attached. @throws BenchError E_MODEL_INVALID if they do not fit it */
export function restoreTensors(directory: string, model: TunedModel): void {
  const file = join(directory, weightsFile);
  const stored = readSafetensors(file);
  try {
    const [found, wanted] = [stored.names().sort(), Object.keys(model.trained).sort()];
    const odd = [...wanted.filter((name) => !found.includes(name)), ...found.filter((name) => !wanted.includes(name))];
    const shaped = Object.entries(model.trained).filter(
      ([name]) => odd.length === 0 && differs(stored.info(name), name, model),
    );
    const problem = odd[0] ?? shaped[0]?.[0];
    if (problem !== undefined)
      throw new BenchError(
        "E_MODEL_INVALID",
        `${file}: expected the ${wanted.length} tensors this method trains on this backbone, got ${found.length}; ${problem} does not fit; was the method's package changed since?`,
      );
    for (const [name, tensor] of Object.entries(model.trained)) {
      const value: Tensor = tf.tensor(stored.read(name), tensor.shape);
      (tensor as Variable).assign(value);
      value.dispose();
    }
  } finally {
    stored.close();
  }
}

const differs = ({ shape }: { shape: readonly number[] }, name: string, model: TunedModel): boolean =>
  shape.join() !== model.trained[name]!.shape.join();
