import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import lora from "../src/index.js";

testReference(lora, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-lora", import.meta.url)),
  by: "PEFT",
  config: ({ lora: { r, lora_alpha } }: { lora: { r: number; lora_alpha: number } }) => ({
    rank: r,
    alpha: lora_alpha,
  }),
  ours: (read, { publishedNames }) =>
    Object.fromEntries(
      [...publishedNames]
        .filter(([name]) => /ttention\.(query|value)\.weight$/.test(name))
        .flatMap(([name, theirs]) =>
          ["A", "B"].map((part) => [
            name.replace(/weight$/, `lora${part}`),
            read(`base_model.model.${theirs.replace(/weight$/, `lora_${part}.weight`)}`),
          ]),
        ),
    ),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(lora, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
