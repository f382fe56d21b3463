import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { geometries } from "../src/index.js";
import { t5Sites } from "../src/sites.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const documented = new Set([...readme.matchAll(/`([\w.-]+)`/g)].map((match) => match[1]!));

/** `decoder.3.crossAttention.query` -> `decoder.N.crossAttention.query` */
const general = (name: string): string => name.replace(/\.\d+/, ".N");
/** Where the README describes the parts of a decoder's sublayer: with the encoder's. */
const model = (name: string): string =>
  name
    .replace(/^decoder\.N\.(?:cross)?attention/i, "encoder.N.attention")
    .replace(/^decoder\.N\.feedforward/, "encoder.N.feedforward");

test("the README names every site or its sublayer and its part, and its kind", () => {
  const sites = t5Sites({ ...geometries["t5-tiny"]!, activation: "gated-gelu", tiedHead: false });
  const isDocumented = (name: string): boolean => {
    const cut = name.lastIndexOf(".");
    const [sublayer, part] = [name.slice(0, cut), name.slice(cut)];
    return documented.has(name) || (documented.has(sublayer) && (documented.has(part) || documented.has(model(name))));
  };
  const missing = sites.filter(({ name, kind }) => !isDocumented(general(name)) || !documented.has(kind));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
