import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import { tf } from "@petl/tensor";
import miss from "../src/index.js";

testReference(miss, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-miss", import.meta.url)),
  by: "PEFT",
  config: ({ miss: { r } }: { miss: { r: number } }) => ({ rank: r }),
  ours: (read, { publishedNames }) =>
    Object.fromEntries(
      [...publishedNames]
        .filter(([name]) => /ttention\.(query|value)\.weight$/.test(name))
        .map(([name, theirs]) => [
          name.replace(/weight$/, "shard"),
          tf.transpose(read(`base_model.model.${theirs.replace(/weight$/, "miss_block")}`)),
        ]),
    ),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(miss, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
