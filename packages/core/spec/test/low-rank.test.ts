import { expect, test } from "vitest";
import { type Backbone, lowRankSites, type Site } from "../src/index.js";

const linear = (name: string, width: [number, number]): Site => ({ name, kind: "linear", layer: 0, width, params: [] });
const sites = [
  linear("encoder.0.attention.query", [8, 16]),
  linear("encoder.0.attention.value", [8, 16]),
  { ...linear("encoder.0.attention.weights", [4, 4]), kind: "attention-weights" as const },
  linear("decoder.0.crossAttention.query", [8, 6]),
];
const backbone: Backbone = {
  ...{ name: "example", kind: "encoder-decoder", sites, readoutSites: [], params: {}, publishedNames: new Map() },
  head: [],
};
const targets = { rank: 2, targets: ["query"], sublayers: ["attention"] };

test("sites are chosen by the last two parts of their names", () => {
  expect(lowRankSites("example", backbone, targets)).toEqual([sites[0]]);
  const both = { ...targets, sublayers: ["attention", "crossAttention"] };
  expect(lowRankSites("example", backbone, both).map(({ name }) => name)).toEqual([sites[0]!.name, sites[3]!.name]);
});

test("targets that match nothing, and a rank above the narrowest width, are refused in the method's name", () => {
  expect(() => lowRankSites("example", backbone, { ...targets, targets: ["weights"] })).toThrow(
    "example: no linear site matches targets weights in attention",
  );
  expect(() => lowRankSites("example", backbone, { ...targets, rank: 9 })).toThrow(
    "example: expected a rank from 1 to 8",
  );
});
