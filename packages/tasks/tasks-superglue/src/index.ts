import { defineCollection } from "@petl/table-tasks";
import { boolq } from "./tasks/boolq.js";
import { cb } from "./tasks/cb.js";
import { copa } from "./tasks/copa.js";
import { multirc } from "./tasks/multirc.js";
import { record } from "./tasks/record.js";
import { superglueRte } from "./tasks/superglue-rte.js";
import { wic } from "./tasks/wic.js";
import { wsc } from "./tasks/wsc.js";

const tasks = [boolq, cb, copa, multirc, record, superglueRte, wic, wsc];

/**
 * SuperGLUE (Wang et al. 2019, https://arxiv.org/abs/1905.00537), its eight tasks in its order. `SuperGLUE-8` is the mean of their scores,
 * as the overall score is; the diagnostic sets are no part of it.
 */
export default defineCollection({
  name: "superglue",
  title: "SuperGLUE",
  tasks,
  means: [{ name: "SuperGLUE-8", tasks: tasks.map(({ name }) => name) }],
});
