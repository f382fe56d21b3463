import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testReference } from "@petl/method-testkit";
import lst from "../src/index.js";

const kept = { encoder: [1], decoder: [1, 2] };
const down = ["weight", "bias"] as const;

/** scripts/fixtures/ladder.py: the paper's equations around transformers' own T5 blocks. */
testReference(lst, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/ladder", import.meta.url)),
  by: "the equations in PyTorch",
  config: ({ ladder, config }: { ladder: object; config: { relative_attention_max_distance: number } }) => ({
    ...ladder,
    maxDistance: config.relative_attention_max_distance,
  }),
  ours: (read, { publishedNames }) => {
    const blocks = [...publishedNames].filter(([name]) => {
      const [stack, layer] = name.split(".") as ["encoder" | "decoder", string];
      return layer === "norm" || layer === "relativeBias" || kept[stack]?.includes(Number(layer));
    });
    const stacks = Object.entries(kept).flatMap(([stack, layers]) => [
      ...down.map((part) => [`side.${stack}.embedding.down.${part}`, read(`${stack}.first_down.${part}`)]),
      ...layers.flatMap((layer) => [
        ...down.map((part) => [`side.${stack}.${layer}.down.${part}`, read(`${stack}.down.${layer}.${part}`)]),
        [`side.${stack}.${layer}.gate`, read(`${stack}.gate.${layer}`)],
      ]),
    ]);
    return Object.fromEntries([
      ...blocks.map(([name, theirs]) => [`side.${name}`, read(theirs.replace("block.0", "block.1"))]), // the first kept holds the bias
      ...stacks,
      ...down.map((part) => [`side.up.${part}`, read(`up.${part}`)]),
    ]);
  },
});
