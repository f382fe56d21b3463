import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import lnTuning from "../src/index.js";

testReference(lnTuning, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-ln-tuning", import.meta.url)),
  by: "PEFT",
  config: () => ({}),
  ours: (read, { publishedNames }) =>
    Object.fromEntries(
      [...publishedNames]
        .filter(([name]) => name.endsWith("norm.weight"))
        .map(([name, theirs]) => [
          name,
          read(`base_model.model.${theirs.replace(/weight$/, "ln_tuning_layers.weight")}`),
        ]),
    ),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(lnTuning, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
