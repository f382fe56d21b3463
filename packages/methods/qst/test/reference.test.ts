import { fileURLToPath } from "node:url";
import llama from "@petl/family-llama";
import { testReference } from "@petl/method-testkit";
import qst from "../src/index.js";

const ofDown = {
  "reduce.weight": "0.weight",
  "expand.weight": "2.weight",
  "norm.weight": "3.weight",
  "norm.bias": "3.bias",
};

/** scripts/fixtures/qst.py: the authors' equations around transformers' own decoder layers. */
testReference(qst, {
  family: llama,
  file: fileURLToPath(new URL("./fixtures/qst", import.meta.url)),
  by: "the equations in PyTorch",
  config: ({ qst }) => qst,
  ours: (read, { publishedNames }) => {
    const copies = [...publishedNames]
      .filter(([name]) => /^decoder\.(\d+|norm)\./.test(name))
      .map(([name, theirs]) => [`side.${name}`, read(theirs.replace(/^model\./, ""))]);
    const besides = [0, 1].flatMap((layer) => [
      ...Object.entries(ofDown).map(([ours, theirs]) => [
        `side.decoder.${layer}.down.${ours}`,
        read(`down.${layer}.${theirs}`),
      ]),
      [`side.decoder.${layer}.gate`, read(`gate.${layer}`)],
    ]);
    const up = ["weight", "bias"].map((part) => [`side.up.${part}`, read(`up.${part}`)]);
    return Object.fromEntries([...copies, ...besides, ...up, ["side.gate", read("last_gate")]]);
  },
});
