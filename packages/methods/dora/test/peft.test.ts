import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import dora from "../src/index.js";

const parts = { doraA: "lora_A.weight", doraB: "lora_B.weight", magnitude: "lora_magnitude_vector" };

testReference(dora, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-dora", import.meta.url)),
  by: "PEFT",
  config: ({ dora: { r, lora_alpha } }: { dora: { r: number; lora_alpha: number } }) => ({
    rank: r,
    alpha: lora_alpha,
  }),
  ours: (read, { publishedNames }) =>
    Object.fromEntries(
      [...publishedNames]
        .filter(([name]) => /ttention\.(query|value)\.weight$/.test(name))
        .flatMap(([name, theirs]) =>
          Object.entries(parts).map(([part, inPeft]) => [
            name.replace(/weight$/, part),
            read(`base_model.model.${theirs.replace(/weight$/, inPeft)}`),
          ]),
        ),
    ),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(dora, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
