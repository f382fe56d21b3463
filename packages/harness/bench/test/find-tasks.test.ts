import { join } from "node:path";
import { expect, test } from "vitest";
import { findTasks } from "../src/resolve/find-tasks.js";
import { directoryOf } from "./files.js";

const rows = `text,kind\n${Array.from({ length: 12 }, (_, row) => `line ${row},${row % 2 ? "odd" : "even"}\n`).join("")}`;
const definition = { name: "lines", data: "rows.csv", text: "text", label: "kind" };
const files = {
  "tasks/lines.json": JSON.stringify(definition),
  "tasks/lines.mjs": `export default ${JSON.stringify(definition)};`,
  "tasks/throws.mjs": "throw new Error('no');",
  "tasks/rows.csv": rows,
  "rows.csv": rows,
};

const find = (tasks: readonly string[], definitions: readonly unknown[] = []) => {
  const directory = directoryOf(files);
  const lines: string[] = [];
  const places = { directory, onOutside: (line: string) => lines.push(line) };
  return findTasks({ tasks, definitions, data: "auto" }, { directory, places }).then((found) => ({
    ...{ ...found, directory, lines },
  }));
};

test.each(["tasks/lines.json", "tasks/lines.mjs", "./tasks/lines.json"])(
  "%s describes a task, whose files are beside it; only a module is code",
  async (file) => {
    const { tasks, notices, directory, lines } = await find([file]);
    expect(tasks).toMatchObject([{ name: "lines", files: { train: [join(directory, "tasks/rows.csv")] } }]);
    expect(notices[0]).toBe('lines: 2 classes were found in "kind": even, odd.');
    expect(lines).toHaveLength(file.endsWith(".mjs") ? 1 : 0);
  },
);

test("a suite's own definition is found by its name, beside GLUE's; naming a task twice is naming it once", async () => {
  const { tasks } = await find(["lines", "rte", "RTE", "lines"], [definition]);
  expect(tasks.map(({ name }) => name)).toEqual(["lines", "rte"]);
});

test.each([
  [["none.json"], [], "task none.json: no such file"],
  [["tasks/throws.mjs"], [], "task tasks/throws.mjs: it could not be imported: no"],
  [["lines", "tasks/lines.json"], [definition], 'expected a name of its own, got "lines" twice'],
  [["sst2"], [{ ...definition, name: "sst2" }], "expected a name that is not GLUE's"],
])("%j is one line", async (tasks, definitions, message) => {
  const error = await find(tasks, definitions).then(
    () => new Error("it did not fail"),
    (reason: Error) => reason,
  );
  expect(error.message).toContain(message);
  expect(error.message).not.toContain("\n");
});
