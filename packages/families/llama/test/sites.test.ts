import { readFileSync } from "node:fs";
import cpu from "@petl/device-cpu";
import type { Hook } from "@petl/spec";
import { tf } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import family from "../src/index.js";
import { llamaSites } from "../src/sites.js";
import { passOf, smallModel } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

const task = { kind: "classes", outputs: 3 } as const;
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const documented = new Set([...readme.matchAll(/`([\w.-]+)`/g)].map((match) => match[1]!));

test("the README names every site or its sublayer and its part, and its kind", () => {
  const sites = [...llamaSites(family.testConfig, null), ...llamaSites(family.testConfig, task)];
  const missing = sites.filter(({ name, kind }) => {
    const general = name.replace(/\.\d+/, ".N");
    const cut = general.lastIndexOf(".");
    const isNamed =
      documented.has(general) || (documented.has(general.slice(0, cut)) && documented.has(general.slice(cut)));
    return !isNamed || !documented.has(kind);
  });
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test("sites finish in the order in which they are listed", () => {
  const model = smallModel();
  const finished: string[] = [];
  const noting =
    (name: string): Hook =>
    (output) => {
      finished.push(name);
      return output;
    };
  const pass = passOf(model, { hooks: new Map(model.sites.map(({ name }) => [name, noting(name)])) });
  const inputs = model.pad([{ source: [3, 4, 5], answer: [6] }]);
  tf.tidy(() => void model.readout(model.forward(inputs, pass), pass));
  expect(finished).toEqual(model.sites.map(({ name }) => name));
});

test.each(["tokens", "positions", "positions-with-mean"] as const)(
  "every site's output has the dimensions it says, recorded at %s",
  (at) => {
    const model = smallModel();
    const pass = passOf(model, { reads: model.sites.map(({ name }) => name), at });
    const inputs = model.pad([{ source: [3, 4, 5, 6], answer: [7] }]);
    const lengths = { source: 4, sequence: 5, positions: 2 };
    tf.tidy(() => void model.readout(model.forward(inputs, pass), pass));
    for (const site of model.sites) {
      const expected = model.axes(site, at).map((axis) => (typeof axis === "number" ? axis : lengths[axis]));
      expect(pass.recorded.get(site.name)!.hidden.shape, site.name).toEqual([1, ...expected]);
    }
  },
);

test("each tensor has one owner, and weights come before biases", () => {
  const sites = llamaSites({ ...family.testConfig, feedForwardBias: true }, null);
  const owned = sites.flatMap(({ params }) => params);
  expect(new Set(owned).size).toBe(owned.length);
  for (const { kind, params } of sites) if (kind === "linear") expect(params[0]).toMatch(/weight$/);
});
