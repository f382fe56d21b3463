import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Family, type HeadTask, loadWeights } from "@petl/backbone";
import type { LayoutFiles, PetlMethod } from "@petl/spec";
import { seededRandom, type Variable } from "@petl/tensor";
import { TunedModel } from "@petl/trainer";

/** What is tuned: a checkpoint, and what its head answers; null: it has none. */
export interface TunedCheckpoint {
  readonly family: Family;
  readonly checkpoint: string;
  readonly head: HeadTask | null;
  /** Of the method, as a user would write them. */
  readonly settings: unknown;
}

/** A method on a checkpoint with trained and added tensors that are all at work, and its files in one layout. */
export function tunedForLayout<Config>(
  method: PetlMethod<Config>,
  layout: string,
  { family, checkpoint, head, settings }: TunedCheckpoint,
): { readonly model: TunedModel; readonly files: LayoutFiles } {
  const geometry = family.config.parse(JSON.parse(readFileSync(join(checkpoint, "config.json"), "utf8")));
  const random = seededRandom(11);
  const plain = family.build("checkpoint", geometry, loadWeights(checkpoint, family, geometry));
  const backbone = head === null ? plain : plain.withHead(head, random);
  const config = method.parse(settings);
  const model = TunedModel.attach(backbone, method, config, random);
  for (const [name, tensor] of Object.entries(model.tuned)) {
    const draw = random.fork(name); // uniform numbers are the same on every machine
    (tensor as Variable).assign(
      tensor.rank === 1 ? draw.uniform(tensor.shape, 0.5, 1.5) : draw.uniform(tensor.shape, -0.3, 0.3),
    );
  }
  const write = method.layouts![layout]!;
  return {
    model,
    files: write({ backbone, backboneSource: "checkpoint", config, trained: model.trained, frozen: model.frozen }),
  };
}
