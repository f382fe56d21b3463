import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testReference } from "@petl/method-testkit";
import { tf } from "@petl/tensor";
import prefixTuning from "../src/index.js";

/** PEFT's T5 form: the decoder's self-attention only. See scripts/fixtures/peft-prefix-tuning.py for its table's order. */
testReference(prefixTuning, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-prefix-tuning", import.meta.url)),
  by: "PEFT",
  config: ({ prefix }: { prefix: { num_virtual_tokens: number } }) => ({
    tokens: prefix.num_virtual_tokens,
    stacks: "decoder",
    sublayers: "attention",
  }),
  ours: (read, { sites }) => {
    const decoderLayers = sites.filter(({ name, kind }) => kind === "block" && name.startsWith("decoder.")).length;
    const vectors = tf.split(read("prompt_embeddings"), 2 * decoderLayers, 1); // each (tokens, heads * size)
    return Object.fromEntries(
      Array.from({ length: decoderLayers }, (_, layer) => [
        [`decoder.${layer}.attention.key.prefix`, vectors[(4 * layer) % vectors.length]!],
        [`decoder.${layer}.attention.value.prefix`, vectors[(4 * layer + 1) % vectors.length]!],
      ]).flat(),
    );
  },
});
