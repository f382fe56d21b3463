import type { Draw } from "../draw.js";
import { asSentence } from "../event.js";
import { numbers, qualitiesOf } from "../words/details.js";
import { names, people, things, towns } from "../words/nouns.js";
import { type Meaning, thingMeanings } from "../words/verbs.js";
import type { TaskGenerator } from "./row.js";

const slots = ["who", "when", "where", "howMany", "why"] as const;
type Slot = (typeof slots)[number];

interface Fact {
  readonly who: string;
  readonly when: string;
  readonly where: string;
  readonly howMany: string;
  readonly why: string;
  readonly meaning: Meaning;
  readonly things: string;
}

const reasons = [
  "a fire had broken out",
  "the winter was coming",
  "the town council had asked for it",
  "a rich family paid for it",
  "the old ones were worn out",
  "nobody else was willing",
  "a visitor had complained",
  "the price had fallen",
  "the festival was near",
  "the roof was leaking",
] as const;

/** Question and sentence: entailed if the sentence has the answer and is about the same thing. */
export const qnli: TaskGenerator = {
  labels: ["entailment", "not_entailment"],
  row(draw, label) {
    const fact = drawFact(draw);
    const asked = draw.pick(slots);
    const others = draw.shuffle(slots.filter((slot) => slot !== asked));
    const isAnswered = label === "entailment";
    const isOfOther = !isAnswered && draw.chance(0.35);
    const said = isAnswered || isOfOther ? [asked, ...others.slice(0, 2)] : others.slice(0, 3);
    const told = isOfOther ? { ...drawFact(draw), where: fact.where, who: fact.who } : fact;
    return { texts: [questionOf(fact, asked, draw), statementOf(told, new Set(said), draw)], label };
  },
};

function drawFact(draw: Draw): Fact {
  const person = draw.pick(names);
  const thing = draw.pick(things);
  return {
    who: draw.chance(0.5) ? `the ${draw.pick(people).one} ${person}` : person,
    when: `in ${1820 + draw.integer(170)}`,
    where: `in ${draw.pick(towns)}`,
    howMany: draw.pick(numbers),
    why: draw.pick(reasons),
    meaning: draw.pick(thingMeanings),
    things: `${draw.pick(draw.pick(qualitiesOf(thing.kind)))} ${thing.many}`,
  };
}

function questionOf({ meaning, things }: Fact, asked: Slot, draw: Draw): string {
  const { past, participle } = draw.pick(meaning);
  const questions: Readonly<Record<Slot, string>> = {
    who: `who ${past} the ${things}`,
    when: `${draw.pick(["when", "in which year"])} were the ${things} ${participle}`,
    where: `${draw.pick(["where", "in which town"])} were the ${things} ${participle}`,
    howMany: `how many ${things} were ${participle}`,
    why: `${draw.pick(["why", "for what reason"])} were the ${things} ${participle}`,
  };
  return asSentence(questions[asked], "?");
}

function statementOf(fact: Fact, said: ReadonlySet<Slot>, draw: Draw): string {
  const verb = draw.pick(fact.meaning);
  const objects = `${said.has("howMany") ? fact.howMany : draw.pick(["the", "several", "some"])} ${fact.things}`;
  const isActive = said.has("who") && draw.chance(0.5);
  const core = isActive
    ? `${fact.who} ${verb.past} ${objects}`
    : `${objects} were ${verb.participle}${said.has("who") ? ` by ${fact.who}` : ""}`;
  const after = [said.has("where") && fact.where, said.has("why") && `${draw.pick(["because", "since"])} ${fact.why}`];
  const parts = [said.has("when") && `${fact.when} ,`, core, ...after].filter(Boolean);
  return asSentence(parts.join(" "));
}
