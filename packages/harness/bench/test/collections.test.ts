import { loadTask, t5 } from "@petl/task";
import { expect, test } from "vitest";
import { rows as superglueRows } from "../../../tasks/tasks-superglue/test/rows.js";
import { rows as textRows } from "../../../tasks/tasks-text/test/rows.js";
import { findTasks } from "../src/resolve/find-tasks.js";
import { taskReader } from "../src/resolve/task-reader.js";
import { directoryOf, packageOf, projectListing } from "./files.js";

type Rows = readonly Readonly<Record<string, unknown>>[];

const jsonLines = (rows: Rows): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** Folders as `--data DIR` has them, of rows of our own. */
const foldersOf = (tasks: Readonly<Record<string, Rows>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tasks).flatMap(([name, rows]) =>
      ["train", "validation"].map((split) => [`data/${name}/${split}.jsonl`, jsonLines(rows)]),
    ),
  );

const find = (name: string, directory: string) =>
  findTasks({ tasks: [name], definitions: [], data: "data" }, { directory, places: { directory } });

test("a task of a collection is found by both names, with its collection", async () => {
  const directory = directoryOf(foldersOf(superglueRows));
  const { tasks, notices } = await find("superglue/boolq", directory);
  expect([tasks, notices]).toMatchObject([
    [{ name: "boolq", title: "BoolQ", collection: { title: "SuperGLUE", means: [{ name: "SuperGLUE-8" }] } }],
    [],
  ]);
  const { train } = await loadTask(await taskReader(tasks[0]!, directory));
  expect(t5.source(tasks[0]!, train.examples[1]!)).toBe(
    "boolq passage: The ferry runs all year. question: does the ferry run in winter",
  );
  expect(await find("boolq", directory)).toEqual({ tasks, notices });
});

test("a collection's name is all of its tasks, in its order", async () => {
  const { tasks } = await find("superglue", directoryOf(foldersOf(superglueRows)));
  expect(tasks.map(({ name }) => name)).toEqual(Object.keys(superglueRows));
});

test("squad by its short name has texts as answers", async () => {
  const directory = directoryOf(foldersOf(textRows));
  const { tasks } = await find("squad", directory);
  expect(tasks).toMatchObject([{ name: "squad", target: { kind: "text" }, collection: { title: "Text" } }]);
  const { evaluations } = await loadTask(await taskReader(tasks[0]!, directory));
  expect(evaluations[0]!.examples[0]!.texts).toEqual(["Jon Aske", "Jon Aske, a miller"]);
});

test.each([
  ["superglue/bolq", 'Did you mean "superglue/boolq"?'],
  ["superglu/boolq", 'Did you mean "superglue/boolq"?'],
  ["boolqq", 'Did you mean "boolq"?'],
  ["superglu", 'Did you mean "superglue"?'],
  ["ssst2", 'Did you mean "sst2"?'],
  ["something-else-entirely", null],
])("%s is one line with all names and the nearest", async (name, near) => {
  const error = await find(name, directoryOf({})).catch((reason: Error) => reason);
  const message = (error as Error).message;
  expect(error).toMatchObject({ code: "E_TASK_INVALID" });
  expect(message).toMatch(
    /^task ".*": no such task; expected one of cola, sst2, .*superglue\/boolq, .*text\/squad.*, or the path of a file\./,
  );
  expect(message.split(" Did you mean ")).toHaveLength(near === null ? 1 : 2);
  if (near !== null) expect(message.endsWith(near)).toBe(true);
  expect(message).not.toContain("\n");
});

test("a name that two collections have is refused with both", async () => {
  const collection = (name: string): string =>
    `export default { name: "${name}", title: "${name}", tasks: [{ name: "squad", data: "x.csv", text: "a", label: "b" }] };`;
  const directory = directoryOf({
    ...projectListing("@petl/tasks-mine"),
    ...packageOf("node_modules/@petl/tasks-mine", "@petl/tasks-mine", collection("mine")),
  });
  await expect(find("squad", directory)).rejects.toThrow(
    'task "squad": expected one of mine/squad, text/squad, got a name that each has',
  );
});
