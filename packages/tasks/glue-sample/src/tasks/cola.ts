import type { Draw } from "../draw.js";
import { asSentence } from "../event.js";
import { peopleOpposites, places, qualitiesOf } from "../words/details.js";
import { animals, men, type Noun, people, things, women } from "../words/nouns.js";
import { soloVerbs, thingMeanings, type Verb } from "../words/verbs.js";
import type { TaskGenerator } from "./row.js";

/** A correct sentence, or one with a single error; both use the same words. */
type Pattern = (draw: Draw, isRight: boolean) => string;

const verbs: readonly Verb[] = thingMeanings.flat();
const strong: readonly Verb[] = [...verbs, ...soloVerbs].filter(({ past, participle }) => past !== participle);
const beings: readonly Noun[] = [...people, ...animals];

const formOf = ({ one, many }: Noun, isMany: boolean): string => (isMany ? many : one);
const qualityOf = (draw: Draw, { kind }: Noun): string => draw.pick(draw.pick(qualitiesOf(kind)));

/** "old violin". */
function describedThing(draw: Draw, isMany = false): string {
  const thing = draw.pick(things);
  return `${qualityOf(draw, thing)} ${formOf(thing, isMany)}`;
}

/** The verb agrees with the head of the subject, not with the noun next to it. */
const agreement: Pattern = (draw, isRight) => {
  const [head, near] = draw.several(beings, 2) as [Noun, Noun];
  const [isMany, isNearMany] = [draw.chance(0.5), draw.chance(0.5)];
  const verbIsMany = isMany === isRight;
  const verb = draw.pick(soloVerbs);
  const link = draw.pick(["near", "behind", "next to", "with", "that followed"]);
  const predicate = draw.chance(0.5)
    ? `${verbIsMany ? "are" : "is"} ${draw.pick(["tired", "hungry", "late", "ready", "noisy", "happy"])}`
    : `${verbIsMany ? verb.base : verb.third} ${draw.pick(places)}`;
  return `the ${formOf(head, isMany)} ${link} the ${formOf(near, isNearMany)} ${predicate}`;
};

const shortAgreement: Pattern = (draw, isRight) => {
  const isMany = draw.chance(0.5);
  const verb = draw.pick(soloVerbs);
  return `the ${formOf(draw.pick(beings), isMany)} ${isMany === isRight ? verb.base : verb.third} ${draw.pick(places)}`;
};

/** "has broken" and "broke", never "has broke". */
const verbForm: Pattern = (draw, isRight) => {
  const isPerfect = draw.chance(0.5);
  const verb = draw.pick(strong);
  const form = isPerfect === isRight ? verb.participle : verb.past;
  const rest = verbs.includes(verb) ? ` the ${describedThing(draw)}` : "";
  return `the ${draw.pick(people).one}${isPerfect ? " has" : ""} ${form}${rest} ${draw.pick(places)}`;
};

const auxiliary: Pattern = (draw, isRight) => {
  const isPerfect = draw.chance(0.5);
  const verb = draw.pick(verbs);
  const form = isPerfect === isRight ? verb.participle : verb.base;
  const helper = isPerfect ? draw.pick(["has", "had"]) : draw.pick(["will", "can", "must", "should"]);
  return `the ${draw.pick(people).one} ${helper} ${form} the ${describedThing(draw)}`;
};

/** The words of a correct sentence; an incorrect one swaps two neighbours. */
const wordOrder: Pattern = (draw, isRight) => {
  const subject = draw.pick(people);
  const thing = draw.pick(things);
  const first = qualityOf(draw, thing);
  const order = [
    "the",
    draw.pick(draw.pick(peopleOpposites)),
    subject.one,
    draw.pick(verbs).past,
    "the",
    first,
    thing.one,
  ];
  const at = isRight ? order.length : draw.pick([0, 1, 4, 5]);
  const swapped = order.map((word, index) => (index === at ? order[at + 1] : index === at + 1 ? order[at] : word));
  return `${swapped.join(" ")} ${draw.pick(places)}`;
};

const determiner: Pattern = (draw, isRight) => {
  const isMany = draw.chance(0.5);
  const determiners = isMany === isRight ? ["these", "those", "many", "several"] : ["this", "that", "every", "one"];
  const verb = draw.pick(verbs).past;
  return `the ${draw.pick(people).one} ${verb} ${draw.pick(determiners)} ${describedThing(draw, isMany)} ${draw.pick(places)}`;
};

const reflexive: Pattern = (draw, isRight) => {
  const isWoman = draw.chance(0.5);
  const [name, other] = [draw.pick(isWoman ? women : men), draw.pick(isWoman ? men : women)];
  const pronoun = isWoman === isRight ? "herself" : "himself";
  const verb = draw.pick(["hurt", "praised", "blamed", "saw", "taught", "helped", "described", "cut"]);
  return draw.pick([
    `${name} ${verb} ${pronoun} ${draw.pick(places)}`,
    `${other} said that ${name} ${verb} ${pronoun}`,
    `${name} thought of ${other} and ${verb} ${pronoun}`,
  ]);
};

const question: Pattern = (draw, isRight) => {
  const verb = draw.pick(verbs);
  const asksSubject = draw.chance(0.5);
  const form = asksSubject === isRight ? verb.past : verb.base;
  const thing = `the ${describedThing(draw)} ${draw.pick(places)}`;
  return asksSubject ? `who ${form} ${thing}` : `did the ${draw.pick(people).one} ${form} ${thing}`;
};

const patterns: readonly Pattern[] = [
  ...[agreement, shortAgreement, verbForm, auxiliary],
  ...[wordOrder, wordOrder, determiner, reflexive, question],
];

/** Acceptability: agreement, verb forms, word order, determiners and reflexives. */
export const cola: TaskGenerator = {
  labels: ["0", "1"],
  row(draw, label) {
    const pattern = draw.pick(patterns);
    const text = pattern(draw, label === "1");
    return { texts: [asSentence(text, pattern === question ? "?" : ".")], label };
  },
};
