import { defineCollection } from "@petl/table-tasks";
import { agNews } from "./tasks/ag-news.js";
import { e2eNlg } from "./tasks/e2e-nlg.js";
import { imdb } from "./tasks/imdb.js";
import { rottenTomatoes } from "./tasks/rotten-tomatoes.js";
import { samsum } from "./tasks/samsum.js";
import { squad } from "./tasks/squad.js";
import { trec } from "./tasks/trec.js";

/** Data sets of texts that were published apart, so no mean of theirs has a name: classes first, then texts as answers. */
export default defineCollection({
  name: "text",
  title: "Text",
  tasks: [imdb, agNews, trec, rottenTomatoes, squad, e2eNlg, samsum],
  means: [],
});
