import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import oft from "../src/index.js";

testReference(oft, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-oft", import.meta.url)),
  by: "PEFT",
  config: ({ oft: { oft_block_size } }: { oft: { oft_block_size: number } }) => ({
    ...{ blockSize: oft_block_size, targets: ["query", "value", "output"] },
    sublayers: ["attention", "crossAttention", "feedforward"],
  }),
  ours: (read, { publishedNames }) =>
    Object.fromEntries(
      [...publishedNames]
        .filter(([name]) => /ttention\.(query|value|output)\.weight$|feedforward\.output\.weight$/.test(name))
        .map(([name, theirs]) => [
          name.replace(/weight$/, "skew"),
          read(`base_model.model.${theirs.replace(/weight$/, "oft_R.weight")}`),
        ]),
    ),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(oft, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
