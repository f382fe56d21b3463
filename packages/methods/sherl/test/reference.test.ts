import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testReference } from "@petl/method-testkit";
import sherl from "../src/index.js";

const states = ["decoder.embedding", "decoder.0", "decoder.1"];

/** scripts/fixtures/sherl.py: the authors' equations before transformers' own last block. */
testReference(sherl, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/sherl", import.meta.url)),
  by: "the equations in PyTorch",
  config: ({ sherl }) => sherl,
  ours: (read) => {
    const linears = [
      ...states.flatMap((state, index) =>
        ["down", "inner", "gate"].map((part) => [`${state}.${part}`, `adapters.${index}.${part}`]),
      ),
      ...["guide", "up"].map((name) => [name, name]),
    ];
    const named = linears.flatMap(([ours, theirs]) =>
      ["weight", "bias"].map((part) => [`early.${ours}.${part}`, read(`early.${theirs}.${part}`)]),
    );
    return Object.fromEntries([...named, ["early.residual", read("early.gamma")]]);
  },
});
