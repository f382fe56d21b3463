import { fileURLToPath } from "node:url";
import { huggingFaceNames } from "@petl/backbone";
import { testLayout, testReference } from "@petl/method-testkit";
import lnTuning from "../src/index.js";

testReference(lnTuning, {
  file: fileURLToPath(new URL("./fixtures/peft-ln-tuning", import.meta.url)),
  by: "PEFT",
  config: () => ({}),
  ours: (read, geometry) =>
    Object.fromEntries(
      [...huggingFaceNames(geometry)]
        .filter(([name]) => name.endsWith("norm.weight"))
        .map(([name, theirs]) => [
          name,
          read(`base_model.model.${theirs.replace(/weight$/, "ln_tuning_layers.weight")}`),
        ]),
    ),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(lnTuning, {
  layout: "peft",
  checkpoint: fileURLToPath(new URL("../../../families/backbone/test/fixtures/t5-v1_0", import.meta.url)),
  file: fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)),
});
