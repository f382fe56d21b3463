import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import vera from "../src/index.js";

testReference(vera, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-vera", import.meta.url)),
  by: "PEFT",
  config: ({ vera: { r, d_initial } }: { vera: { r: number; d_initial: number } }) => ({
    ...{ rank: r, dInitial: d_initial, targets: ["query", "input", "output"], sublayers: ["attention", "feedforward"] },
  }),
  ours: (read, { publishedNames }) => ({
    "vera.A": read("base_model.vera_A"),
    "vera.B": read("base_model.vera_B"),
    ...Object.fromEntries(
      [...publishedNames]
        .filter(([name]) => /\.attention\.(query|output)\.weight$|\.feedforward\.(input|output)\.weight$/.test(name))
        .flatMap(([name, theirs]) =>
          (["B", "D"] as const).map((part) => [
            name.replace(/weight$/, `lambda${part}`),
            read(`base_model.model.${theirs.replace(/weight$/, `vera_lambda_${part.toLowerCase()}`)}`),
          ]),
        ),
    ),
  }),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(vera, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
