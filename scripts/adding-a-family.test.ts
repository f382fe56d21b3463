import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "./workspace.mjs";

const page = readFileSync(join(repositoryRoot, "docs", "adding-a-family.md"), "utf8");
const family = readFileSync(join(repositoryRoot, "packages", "core", "backbone", "test", "running-mean.ts"), "utf8");
const quotes = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);

const unindented = (text: string): string => text.replace(/^ +/gm, "");

test("what the page quotes of the smallest family stands in its source", () => {
  const ofFamily = quotes.filter((quote) => !quote.includes("testFamily"));
  expect(ofFamily).toHaveLength(5);
  expect(ofFamily.filter((quote) => !unindented(family).includes(unindented(quote)))).toEqual([]);
});

test("the page's tables name every part of a family and of a backbone", () => {
  const contract = ["family", "model"].map((name) =>
    readFileSync(join(repositoryRoot, "packages/core/backbone/src/contract", `${name}.ts`), "utf8"),
  );
  const partsOf = (source: string, name: string): string[] => {
    const [, body] = new RegExp(`export interface ${name}[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(source)!;
    return [...body!.matchAll(/^ {2}(?:readonly )?(\w+)[?(:]/gm)].map(([, part]) => part!);
  };
  const parts = [...partsOf(contract[0]!, "Family"), ...partsOf(contract[1]!, "BackboneModel")];
  expect(parts.length).toBeGreaterThan(25);
  const plain = new Set(["specVersion", "name", "family", "padId", "eosId", "param", "dispose"]); // said by their names
  const tables = page
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .join("\n");
  expect(parts.filter((part) => !plain.has(part) && !new RegExp(`\`${part}[\`(]`).test(tables))).toEqual([]);
});
