import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import lora from "../src/index.js";

/** The settings of a fixture. */
interface Fixture {
  readonly lora: { readonly r: number; readonly lora_alpha: number; readonly use_rslora?: boolean };
}

const shared: Omit<Parameters<typeof testReference>[1], "file"> = {
  family: t5,
  by: "PEFT",
  config: (about) => {
    const { r, lora_alpha, use_rslora } = (about as unknown as Fixture).lora;
    return { rank: r, alpha: lora_alpha, rankStabilized: use_rslora ?? false };
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
};

for (const name of ["peft-lora", "peft-rslora"])
  testReference(lora, { ...shared, file: fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url)) });

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(lora, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
