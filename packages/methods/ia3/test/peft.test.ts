import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import { tf } from "@petl/tensor";
import ia3 from "../src/index.js";

testReference(ia3, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-ia3", import.meta.url)),
  by: "PEFT",
  config: () => ({}), // PEFT's default for T5: k, v, and what enters wo
  ours: (read, { publishedNames }) =>
    Object.fromEntries(
      [...publishedNames]
        .filter(([name]) => /\.(key|value)\.weight$|feedforward\.output\.weight$/.test(name))
        .map(([name, theirs]) => [
          name.replace("feedforward.output", "feedforward.activation").replace(/weight$/, "scale"),
          tf.reshape(read(`base_model.model.${theirs.replace(/weight$/, "ia3_l")}`), [-1]),
        ]),
    ),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(ia3, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
