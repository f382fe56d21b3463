import { readFileSync } from "node:fs";
import { join } from "node:path";
import { huggingFaceConfig, loadWeights, T5 } from "@petl/backbone";
import { readSafetensors } from "@petl/checkpoint";
import type { LayoutFiles, PetlMethod } from "@petl/spec";
import { seededRandom, type Tensor, tf, type Variable } from "@petl/tensor";
import { TunedModel } from "@petl/trainer";

/** A method on a checkpoint's T5 with trained tensors that are all at work, and its files in one layout. */
export function tunedForLayout<Config>(
  method: PetlMethod<Config>,
  layout: string,
  checkpoint: string,
): { readonly model: TunedModel; readonly files: LayoutFiles } {
  const geometry = huggingFaceConfig.parse(JSON.parse(readFileSync(join(checkpoint, "config.json"), "utf8")));
  const backbone = new T5("checkpoint", geometry, loadWeights(checkpoint, geometry));
  const config = method.parse({});
  const random = seededRandom(11);
  const model = TunedModel.attach(backbone, method, config, random);
  for (const [name, tensor] of Object.entries(model.trained)) {
    const draw = random.fork(name); // uniform numbers are the same on every machine
    (tensor as Variable).assign(
      tensor.rank === 1 ? draw.uniform(tensor.shape, 0.5, 1.5) : draw.uniform(tensor.shape, -0.3, 0.3),
    );
  }
  const write = method.layouts![layout]!;
  return { model, files: write({ backbone, backboneSource: "checkpoint", config, trained: model.trained }) };
}

/** The inputs that a checkpoint's `reference.safetensors` was computed for. */
export function referenceInputs(checkpoint: string) {
  const stored = readSafetensors(join(checkpoint, "reference.safetensors"));
  const integers = (name: string): Tensor =>
    tf.tensor(stored.readIntegers(name) as Int32Array, [...stored.info(name).shape], "int32");
  const inputs = {
    sources: integers("input_ids"),
    mask: tf.cast(integers("attention_mask"), "float32"),
    decoderInputs: integers("decoder_input_ids"),
  };
  stored.close();
  return inputs;
}
