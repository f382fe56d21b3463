import { fileURLToPath } from "node:url";
import { huggingFaceNames } from "@petl/backbone";
import { testLayout, testReference } from "@petl/method-testkit";
import lora from "../src/index.js";

testReference(lora, {
  file: fileURLToPath(new URL("./fixtures/peft-lora", import.meta.url)),
  by: "PEFT",
  config: ({ lora: { r, lora_alpha } }: { lora: { r: number; lora_alpha: number } }) => ({
    rank: r,
    alpha: lora_alpha,
  }),
  ours: (read, geometry) =>
    Object.fromEntries(
      [...huggingFaceNames(geometry)]
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
testLayout(lora, {
  layout: "peft",
  checkpoint: fileURLToPath(new URL("../../../families/backbone/test/fixtures/t5-v1_0", import.meta.url)),
  file: fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)),
});
