import type { Draw } from "../draw.js";
import { asSentence } from "../event.js";
import { times } from "../words/details.js";
import { men, women } from "../words/nouns.js";
import { peopleSchemas, thingSchemas } from "../words/schemas.js";
import type { TaskGenerator } from "./row.js";

/** Coreference: the hypothesis replaces the pronoun with one of two candidates; one word decides which is right. */
export const wnli: TaskGenerator = {
  labels: ["0", "1"],
  row(draw, label) {
    const isOfPeople = draw.chance(0.7);
    const isWoman = draw.chance(0.5);
    const { said, clauses, candidates } = isOfPeople ? people(draw, isWoman) : thingsOf(draw);
    const at = draw.integer(2) as 0 | 1;
    const pronoun = isOfPeople ? (isWoman ? "she" : "he") : "it";
    const named = candidates[label === "1" ? at : 1 - at]!;
    const start = draw.chance(0.5) ? `${draw.pick(times)}, ` : "";
    return {
      texts: [asSentence(`${start}${said} ${pronoun} ${clauses[at]}`), asSentence(`${named} ${clauses[at]}`)],
      label,
    };
  },
};

function people(draw: Draw, isWoman: boolean) {
  const { said, clauses } = draw.pick(peopleSchemas);
  const candidates = draw.several(isWoman ? women : men, 2);
  return { said: said.replace("A", candidates[0]!).replace(/\bB\b/, candidates[1]!), clauses, candidates };
}

function thingsOf(draw: Draw) {
  const { said, clauses } = draw.pick(thingSchemas);
  const candidates = [...said.matchAll(/\[(.*?)\]/g)].map(([, options = ""]) => `the ${draw.pick(options.split("/"))}`);
  let index = 0;
  return { said: said.replace(/\[.*?\]/g, () => candidates[index++]!), clauses, candidates };
}
