import { asSentence } from "../event.js";
import { activities, circumstances, intents } from "../words/questions.js";
import type { TaskGenerator } from "./row.js";

/** Duplicate questions: the same question in other words, or another aim, subject or circumstance in similar words. */
export const qqp: TaskGenerator = {
  labels: ["0", "1"],
  row(draw, label) {
    const asked = [draw.pick(intents), draw.pick(activities), draw.pick(circumstances)] as const;
    let [intent, activity, circumstance] = asked;
    if (label === "0") {
      const change = draw.pick(["intent", "intent", "activity", "activity", "circumstance", "both"]);
      if (change === "intent" || change === "both") intent = draw.pickOther(intents, intent);
      if (change === "activity" || change === "both") activity = draw.pickOther(activities, activity);
      if (change === "circumstance") circumstance = draw.pickOther(circumstances, circumstance);
    }
    const first = asked.map((words) => draw.pick(words));
    const other = [intent, activity, circumstance].map((words, index) =>
      index === 0 ? draw.pickOther(words, first[0]!) : draw.pick(words),
    );
    return { texts: draw.shuffle([first, other].map(questionOf)), label };
  },
};

const questionOf = (parts: readonly string[]): string => asSentence(parts.join(" "), "?");
