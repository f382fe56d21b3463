import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testReference } from "@petl/method-testkit";
import unipt from "../src/index.js";

type Names = readonly (readonly [ours: string, theirs: string])[];

const parts = ["weight", "bias"] as const;
const normed = (ours: string, theirs: string): Names =>
  parts.flatMap((part) => [
    [`${ours}.${part}`, `${theirs}.0.${part}`],
    [`${ours}.norm.${part}`, `${theirs}.1.${part}`],
  ]);
const ofStack = (stack: string, states: readonly string[], joined: readonly string[]): Names => [
  ...states.flatMap((state, index) => normed(`${stack}.${state}.down`, `${stack}.down.${index}`)),
  ...joined.flatMap((state, index) => normed(`${stack}.${state}.join`, `${stack}.join.${index}`)),
  [`${stack}.gate`, `${stack}.gate.weight`],
  ...normed(`${stack}.merge`, `${stack}.merge`),
];
const names: Names = [
  ...ofStack("encoder", ["embedding", "0", "1"], []),
  ...ofStack("decoder", ["embedding", "0", "1", "2"], ["embedding", "0", "1"]),
  ...parts.map((part) => [`up.${part}`, `up.${part}`] as const),
];

/** scripts/fixtures/unipt.py: the authors' equations around transformers' own T5. */
testReference(unipt, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/unipt", import.meta.url)),
  by: "the equations in PyTorch",
  config: ({ unipt }) => unipt,
  ours: (read) => Object.fromEntries(names.map(([ours, theirs]) => [`parallel.${ours}`, read(theirs)])),
});
