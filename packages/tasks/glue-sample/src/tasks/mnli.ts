import type { Draw } from "../draw.js";
import { asSentence, withArticle } from "../event.js";
import { comparatives } from "../words/comparatives.js";
import { manners, peopleOpposites, places, qualitiesOf, seaPlaces, times } from "../words/details.js";
import { type Noun, people, pluralOf, seaPeople, things } from "../words/nouns.js";
import { type Meaning, thingMeanings } from "../words/verbs.js";
import type { TaskGenerator } from "./row.js";

interface Scene {
  readonly draw: Draw;
  readonly label: string;
  readonly agent: string;
  readonly meaning: Meaning;
  readonly thing: Noun;
  readonly quality: string;
  readonly people: readonly Noun[];
  readonly places: readonly string[];
}

/** Premise and hypothesis; every kind yields all three labels with the same words. */
type Kind = (scene: Scene) => readonly [premise: string, hypothesis: string];

const kinds = [...new Set(things.map(({ kind }) => kind))];
const agentOf = (draw: Draw, list: readonly Noun[]): string =>
  `the ${draw.chance(0.5) ? `${draw.pick(draw.pick(peopleOpposites))} ` : ""}${draw.pick(list).one}`;

/** A guitar is an instrument; an instrument need not be a guitar; a guitar is not a fruit. */
const generality: Kind = ({ draw, label, agent, meaning, thing, quality }) => {
  const [verb, other] = [meaning[0].past, draw.pick(meaning).past];
  const isGeneral = draw.chance(0.5);
  const sibling = draw.pickOther(things.filter(({ kind }) => kind !== thing.kind));
  const cases: Readonly<Record<string, readonly [told: string, asked: string]>> = {
    entailment: isGeneral ? [thing.one, thing.kind] : [thing.kind, thing.kind],
    neutral: [thing.kind, thing.one],
    contradiction: isGeneral ? [thing.one, draw.pickOther(kinds, thing.kind)] : [thing.kind, sibling.one],
  };
  const [told, asked] = cases[label]!;
  return [`${agent} ${verb} the ${quality} ${told} ${draw.pick(times)}`, `${agent} ${other} the ${asked}`];
};

/** Place, time and manner: the premise gives two; the hypothesis repeats one, changes one, or gives the third. */
const detail: Kind = ({ draw, label, agent, meaning, thing, quality, places }) => {
  const [one, two, untold] = draw.shuffle([places, times, manners]) as [
    readonly string[],
    readonly string[],
    readonly string[],
  ];
  const [said, also] = [draw.pick(one), draw.pick(two)];
  const premise = `${agent} ${meaning[0].past} the ${quality} ${thing.one} ${draw.shuffle([said, also]).join(" ")}`;
  const asked = { entailment: said, neutral: draw.pick(untold), contradiction: draw.pickOther(one, said) }[label];
  return [premise, `${agent} ${draw.pick(meaning).past} the ${thing.one} ${asked}`];
};

/** All, some, not all, none. */
const quantity: Kind = ({ draw, label, meaning, thing, people, places }) => {
  const cases: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    entailment: [
      ["all", "some"],
      ["all", "most"],
      ["none", "not all"],
      ["most", "some"],
      ["none", "none"],
    ],
    neutral: [
      ["some", "all"],
      ["some", "most"],
      ["not all", "none"],
      ["not all", "some"],
      ["some", "not all"],
    ],
    contradiction: [
      ["all", "none"],
      ["all", "not all"],
      ["none", "some"],
      ["none", "most"],
      ["some", "none"],
    ],
  };
  const [said, asked] = draw.pick(cases[label]!);
  const noun = draw.pick(people).many;
  const action = `of the ${noun} ${meaning[0].past} ${withArticle(thing.one)}`;
  return [`${said} ${action} ${draw.pick(places)}`, `${asked} ${action}`];
};

const counted = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/** More than and fewer than a number. */
const amount: Kind = ({ draw, label, agent, meaning, thing, places }) => {
  const said = 3 + draw.integer(5);
  const asksMore = draw.chance(0.5);
  const isBelow = (label === "entailment") === asksMore;
  const bound = isBelow ? draw.integer(said) : said + 1 + draw.integer(counted.length - said - 1);
  const number = label === "neutral" ? draw.pick(["some", "several"]) : counted[said]!;
  const asked = label === "neutral" ? draw.pick(counted) : counted[bound]!;
  const verb = meaning[0].past;
  return [
    `${agent} ${verb} ${number} ${thing.many} ${draw.pick(places)}`,
    `${agent} ${verb} ${asksMore ? "more" : "fewer"} than ${asked} ${pluralOf(thing.one)}`,
  ];
};

/** A is taller than B: B is shorter than A, and age is unknown. */
const comparison: Kind = ({ draw, label, people }) => {
  const [one = "", two = ""] = draw.several(people, 2).map(({ one }) => `the ${one}`);
  const pair = draw.pick(comparatives);
  const at = draw.integer(2);
  const asked = label === "neutral" ? draw.pickOther(comparatives, pair) : pair;
  const isTurned = draw.chance(0.5);
  const askedAt = label === "neutral" ? draw.integer(2) : (label === "entailment") === isTurned ? 1 - at : at;
  const [first, second] = isTurned ? [two, one] : [one, two];
  return [
    `${draw.pick(["it is known that ", "as everyone can see, ", "in fact ", ""])}${one} is ${pair[at]} than ${two}`,
    `${first} is ${asked[askedAt]} than ${second}`,
  ];
};

/** Negation. */
const denial: Kind = ({ draw, label, agent, meaning, thing, quality, places }) => {
  const isDenied = draw.chance(label === "contradiction" ? 0.35 : 0.5);
  const text = (denied: boolean, { past, base }: Meaning[0]) => `${agent} ${denied ? `did not ${base}` : past}`;
  const asked = label === "neutral" ? draw.pickOther(thingMeanings, meaning)[0] : draw.pick(meaning);
  const place = draw.pick(places);
  return [
    `${text(isDenied, meaning[0])} the ${quality} ${thing.one} ${place}`,
    `${text(label === "contradiction" ? !isDenied : isDenied, asked)} the ${thing.one} ${place}`,
  ];
};

const patterns: readonly Kind[] = [generality, detail, detail, quantity, quantity, amount, comparison, denial, denial];

/** Entailment in three classes; the mismatched split is about people and places that training does not contain. */
export const mnli: TaskGenerator = {
  labels: ["entailment", "neutral", "contradiction"],
  row(draw, label, split) {
    const isOther = split === "dev_mismatched";
    const cast = isOther ? seaPeople : people;
    const thing = draw.pick(things);
    const scene: Scene = {
      draw,
      label,
      agent: agentOf(draw, cast),
      meaning: draw.pick(thingMeanings),
      thing,
      quality: draw.pick(draw.pick(qualitiesOf(thing.kind))),
      people: cast,
      places: isOther ? seaPlaces : places,
    };
    const pair = draw.pick(patterns)(scene);
    return { texts: pair.map((text) => asSentence(text)), label };
  },
};
