import { defineCollection } from "@petl/table-tasks";
import { boolq } from "./tasks/boolq.js";
import { cb } from "./tasks/cb.js";
import { copa } from "./tasks/copa.js";
import { multirc } from "./tasks/multirc.js";
import { record } from "./tasks/record.js";
import { superglueRte } from "./tasks/superglue-rte.js";
import { wic } from "./tasks/wic.js";
import { wsc } from "./tasks/wsc.js";

/**
 * SuperGLUE (Wang et al. 2019, https://arxiv.org/abs/1905.00537), its eight tasks in its order. It has no mean: the published one holds
 * MultiRC's exact match, which is not measured here.
 */
export default defineCollection({
  name: "superglue",
  title: "SuperGLUE",
  tasks: [boolq, cb, copa, multirc, record, superglueRte, wic, wsc],
  means: [],
});
