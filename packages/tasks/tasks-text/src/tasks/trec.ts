import { defineTask } from "@petl/table-tasks";

/**
 * TREC: what kind of thing a question asks for, in six classes (Li and Roth 2002, https://aclanthology.org/C02-1150). It reads `text` and
 * `coarse_label`. The words are ours; the files call the classes ABBR, ENTY, DESC, HUM, LOC and NUM.
 */
export const trec = defineTask({
  name: "trec",
  title: "TREC",
  data: "hf:CogComp/trec",
  test: "test",
  text: "text",
  label: "coarse_label",
  labels: [
    { file: "0", word: "abbreviation" },
    { file: "1", word: "entity" },
    { file: "2", word: "description" },
    { file: "3", word: "person" },
    { file: "4", word: "location" },
    { file: "5", word: "number" },
  ],
  metrics: ["accuracy"],
  prompt: {
    text: "{text}\nQuestion: Does this ask for an abbreviation, entity, description, person, location or number?\nAnswer:",
  },
});
