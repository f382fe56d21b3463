import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isMethodName, methodFiles, methodPackage, projectFiles, tools } from "../src/index.js";

const project = () =>
  projectFiles({ name: "side-bias", version: "1.2.3", suite: { methods: [{ method: "other" }], seeds: [0] } });

test("tools are those of this repository", () => {
  const catalog = readFileSync(new URL("../../../../pnpm-workspace.yaml", import.meta.url), "utf8");
  for (const [tool, range] of Object.entries(tools)) {
    const version = new RegExp(`^  "?${tool}"?: \\^?(\\S+)$`, "m").exec(catalog)?.[1];
    expect(range, tool).toBe(`^${version}`);
  }
});

test("a project is a method's package with a task and a suite", () => {
  const files = project();
  const ofMethod = { ...methodPackage("side-bias", "1.2.3"), ...methodFiles("side-bias") };
  expect(Object.keys(files)).toEqual(expect.arrayContaining(Object.keys(ofMethod)));
  expect(files["src/index.ts"]).toBe(ofMethod["src/index.ts"]);
  expect(JSON.parse(files["package.json"]!).devDependencies).toMatchObject({ "petl-bench": "^1.2.3" });
});

test("its suite has its own method first, and its own task", async () => {
  const module = `data:text/javascript,${encodeURIComponent(project()["suite.mjs"]!)}`;
  const { default: suite } = await import(/* @vite-ignore */ module);
  expect(suite).toEqual({
    name: "side-bias",
    methods: [{ method: "." }, { method: "other" }],
    seeds: [0],
    tasks: ["./task.json"],
  });
});

test("its rows are two columns, half of each mood, each note once", () => {
  const { "rows.csv": rows = "", "task.json": task = "" } = project();
  const [header, ...lines] = rows.trimEnd().split("\n");
  expect(header?.split(",")).toEqual([JSON.parse(task).text, JSON.parse(task).label]);
  expect(new Set(lines).size).toBe(144);
  expect(lines.filter((line) => line.endsWith(",good"))).toHaveLength(72);
  expect(lines.every((line) => line.split(",").length === 2)).toBe(true);
});

test.each([
  ["own", true],
  ["own-bias-2", true],
  ["Own", false],
  ["own_bias", false],
  ["", false],
])("%j as a method's name: %s", (name, isGood) => {
  expect(isMethodName(name)).toBe(isGood);
});
