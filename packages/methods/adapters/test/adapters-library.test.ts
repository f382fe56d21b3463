import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testReference } from "@petl/method-testkit";
import adapters from "../src/index.js";

const parts = {
  "down.weight": "adapter_down.0.weight",
  "down.bias": "adapter_down.0.bias",
  "up.weight": "adapter_up.weight",
  "up.bias": "adapter_up.bias",
};

/** Its adapters hang on the layers that hold self-attention and feed-forward. */
testReference(adapters, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/adapters-library", import.meta.url)),
  by: "the Adapters library",
  config: ({ bottleneck }: { bottleneck: number }) => ({ bottleneck }),
  ours: (read, { publishedNames }) => {
    const norms = [...publishedNames].filter(([name]) => name.endsWith("norm.weight"));
    const adapted = norms.filter(([name]) => /\.(attention|feedforward)\.norm/.test(name));
    return Object.fromEntries([
      ...norms.map(([name, theirs]) => [name, read(theirs)]),
      ...adapted.flatMap(([name, theirs]) =>
        Object.entries(parts).map(([part, inLibrary]) => [
          name.replace("norm.weight", part),
          read(theirs.replace("layer_norm.weight", `adapters.tuned.${inLibrary}`)),
        ]),
      ),
    ]);
  },
});
