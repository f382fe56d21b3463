import { parseCollection } from "@petl/table-tasks";
import { expect, test } from "vitest";
import superglue from "../src/index.js";

test("the collection is one, with SuperGLUE's eight tasks in its order and their mean", () => {
  const parsed = parseCollection(superglue, "superglue");
  if (typeof parsed === "string") throw new Error(parsed);
  expect(parsed).toMatchObject({ name: "superglue", title: "SuperGLUE" });
  expect(parsed.means).toEqual([{ name: "SuperGLUE-8", tasks: parsed.tasks.map(({ name }) => name) }]);
  expect(parsed.tasks.map(({ name, title, data, test, metrics }) => [name, title, data, test, metrics])).toEqual([
    ["boolq", "BoolQ", "hf:aps/super_glue/boolq", "validation", ["accuracy"]],
    ["cb", "CB", "hf:aps/super_glue/cb", "validation", ["accuracy", "macro_f1"]],
    ["copa", "COPA", "hf:aps/super_glue/copa", "validation", ["accuracy"]],
    ["multirc", "MultiRC", "hf:aps/super_glue/multirc", "validation", ["f1", "group_exact_match"]],
    ["record", "ReCoRD", "hf:aps/super_glue/record", "validation", ["exact_match", "token_f1"]],
    ["superglue-rte", "RTE (SuperGLUE)", "hf:aps/super_glue/rte", "validation", ["accuracy"]],
    ["wic", "WiC", "hf:aps/super_glue/wic", "validation", ["accuracy"]],
    ["wsc", "WSC", "hf:aps/super_glue/wsc.fixed", "validation", ["accuracy"]],
  ]);
});
