import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import family from "../src/index.js";
import { bertSites, readoutSites } from "../src/sites.js";
import { classes } from "./small-model.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const table = readme.slice(readme.indexOf("## Sites"));

/** Names, kinds and owned tensors by the table's lines: `encoder.N.attention.query`, `.key` are two names of one line. */
const lines = table
  .split("\n")
  .filter((line) => /^\| `/.test(line))
  .flatMap((line) => {
    const cells = line.split("|").map((cell) => [...cell.matchAll(/`([\w.-]+)`/g)].map((match) => match[1]!));
    const [first = "", ...others] = cells[1]!;
    const names = [first, ...others.map((part) => first.replace(/\.\w+$/, part))];
    return names.map((name) => ({ name, kind: cells[2]![0]!, params: cells[4]!.map((part) => name + part) }));
  });

test("the README lists every site in order, with its kind and its tensors", () => {
  const config = { ...family.testConfig, layers: 1 };
  const general = (name: string): string => name.replace(/^encoder\.0/, "encoder.N");
  const sites = bertSites(config, readoutSites(config, true, classes)).map(({ name, kind, params }) => ({
    name: general(name),
    kind,
    params: params.map(general),
  }));
  expect(lines).toEqual(sites);
});

test("the README names every geometry and every published checkpoint", () => {
  const named = new Set([...readme.matchAll(/`([\w.-]+)`/g)].map((match) => match[1]!));
  const isNamed = (name: string): boolean =>
    named.has(name) ||
    (named.has(name.slice(name.lastIndexOf("-"))) &&
      [...named].some((each) => each.startsWith(name.slice(0, name.lastIndexOf("-")))));
  const wanted = [...Object.keys(family.geometries).map((name) => `${name}-random`), ...Object.keys(family.published)];
  expect(wanted.filter((name) => !isNamed(name))).toEqual([]);
});
