import { expect, test } from "vitest";
import { allTasks, findTask, glue, glueTasks } from "../../src/tasks/index.js";
import { taskError } from "../files.js";

test("there are nine tasks and the diagnostic set, with distinct names and folders", () => {
  expect(glueTasks.map(({ name }) => name)).toEqual("cola sst2 mrpc qqp stsb mnli qnli rte wnli".split(" "));
  expect(new Set(allTasks.map(({ folder }) => folder)).size).toBe(10);
});

test("the published means are over nine tasks, and over eight without WNLI", () => {
  const names = glueTasks.map(({ name }) => name);
  expect(glue.means).toEqual([
    { name: "GLUE-9", tasks: names },
    { name: "GLUE-8", tasks: names.slice(0, -1) },
  ]);
  expect(glue.means[1]?.tasks).not.toContain("wnli");
});

test.for(allTasks)("$name names a column for each field and a layout for each evaluation", (task) => {
  for (const layout of Object.values(task.splits)) {
    expect(Object.keys(layout.columns ?? task.columns)).toEqual(task.fields);
  }
  expect(task.evaluations.every((name) => task.splits[name] !== undefined)).toBe(true);
});

test("a task is found whatever its case and dashes", () => {
  for (const name of ["sst2", "SST-2", "sst_2"]) expect(findTask(name).title).toBe("SST-2");
  expect(findTask("STS-B").name).toBe("stsb");
});

test("an unknown task names the nearest", async () => {
  const error = await taskError(() => findTask("qnil"));
  expect(error).toMatchObject({ code: "E_TASK_UNKNOWN", remedy: 'did you mean "qnli"?' });
});
