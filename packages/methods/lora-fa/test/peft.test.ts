import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import loraFa from "../src/index.js";

/** The settings of a fixture. */
interface Fixture {
  readonly lora: { readonly r: number; readonly lora_alpha: number };
  readonly preconditioned: boolean;
}

for (const name of ["peft-lora-fa", "peft-lora-fa-optimizer"])
  testReference(loraFa, {
    family: t5,
    file: fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url)),
    by: "PEFT",
    config: (about) => {
      const { lora, preconditioned } = about as unknown as Fixture;
      return { rank: lora.r, alpha: lora.lora_alpha, preconditioned };
    },
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
testLayout(loraFa, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
