import { loadTask } from "@petl/task";
import { expect, test } from "vitest";
import { openGlue } from "../src/open.js";
import { cola, rte } from "../src/tasks/index.js";
import { serve, zipOf } from "./download/server.js";
import { directoryOf, taskError, temporaryDirectory, tsv } from "./files.js";

const rows = tsv([
  ["index", "sentence1", "sentence2", "label"],
  ["0", "a", "b", "entailment"],
]);

test("a directory in the official layout is used in place", async () => {
  const directory = directoryOf({ "RTE/train.tsv": rows, "RTE/dev.tsv": rows });
  const data = await openGlue({ data: directory, tasks: [rte] });
  expect(data).toMatchObject({ directory, source: "directory" });
  expect((await loadTask(await data.reader(rte), { limit: 5 })).train.examples).toHaveLength(1);
});

test("a directory that lacks a task is refused before anything is loaded", async () => {
  const directory = directoryOf({ "RTE/train.tsv": rows, "RTE/dev.tsv": rows });
  const error = await taskError(() => openGlue({ data: directory, tasks: [rte, cola] }));
  expect(error.code).toBe("E_TASK_FILE_MISSING");
  expect(error.message).toContain("CoLA");
  expect((await taskError(() => openGlue({ data: `${directory}/none`, tasks: [] }))).code).toBe("E_TASK_DATA");
});

test("auto downloads what the cache lacks", async () => {
  const cacheDir = temporaryDirectory();
  const { baseUrl, requests } = await serve({
    "glue/data/RTE.zip": zipOf({ "RTE/train.tsv": rows, "RTE/dev.tsv": rows }),
  });
  for (let times = 0; times < 2; times++) {
    const data = await openGlue({ data: "auto", tasks: [rte], cacheDir, baseUrl });
    expect(data).toMatchObject({ directory: cacheDir, source: "cache" });
    expect((await loadTask(await data.reader(rte))).evaluations[0]?.examples).toHaveLength(1);
  }
  expect(requests).toHaveLength(1);
});
