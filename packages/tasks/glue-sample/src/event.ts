import type { Draw } from "./draw.js";
import { numbers, otherWord, peopleOpposites, places, qualitiesOf, thingOpposites, times } from "./words/details.js";
import { type Noun, people, things } from "./words/nouns.js";
import { type Meaning, peopleMeanings, thingMeanings, type Verb } from "./words/verbs.js";

/** A person or thing in a sentence. */
export interface Phrase {
  readonly noun: Noun;
  readonly quality: string | null;
  /** A number above one in words; null: one. */
  readonly number: string | null;
}

/** An event: the meaning of a sentence, before wording. */
export interface Event {
  readonly agent: Phrase;
  readonly meaning: Meaning;
  readonly patient: Phrase;
  readonly place: string | null;
  readonly time: string | null;
  readonly negated: boolean;
}

/** The words an event may use. */
export interface World {
  readonly people: readonly Noun[];
  readonly places: readonly string[];
}
export const landWorld: World = { people, places };

/** The wording of an event. */
export interface Wording {
  readonly passive: boolean;
  readonly timeFirst: boolean;
  readonly placeFirst: boolean;
  /** Probability of choosing a synonym. */
  readonly otherWords: number;
}

/** A random event, with a person or a thing as its patient. */
export function drawEvent(draw: Draw, world: World, patient: "person" | "thing" = "thing"): Event {
  const isPerson = patient === "person";
  const noun = draw.pick(world.people);
  const thing = draw.pick(things);
  return {
    agent: { noun, quality: drawQuality(draw, peopleOpposites, 0.6), number: null },
    meaning: draw.pick(isPerson ? peopleMeanings : thingMeanings),
    patient: isPerson
      ? { noun: draw.pickOther(world.people, noun), quality: drawQuality(draw, peopleOpposites, 0.6), number: null }
      : {
          noun: thing,
          quality: drawQuality(draw, qualitiesOf(thing.kind), 0.6),
          number: draw.chance(0.4) ? draw.pick(numbers) : null,
        },
    place: draw.pick(world.places),
    time: draw.pick(times),
    negated: false,
  };
}

function drawQuality(draw: Draw, pairs: readonly (readonly [string, string])[], probability: number): string | null {
  return draw.chance(probability) ? draw.pick(draw.pick(pairs)) : null;
}

/** The opposite of a quality. @throws Error if it has none, because the word lists are wrong */
export function oppositeOf(quality: string): string {
  for (const [one, other] of [...thingOpposites, ...peopleOpposites]) {
    if (one === quality) return other;
    if (other === quality) return one;
  }
  throw new Error(`the word lists give no opposite of "${quality}"`);
}

export function drawWording(draw: Draw, otherWords: number): Wording {
  const first = draw.integer(4);
  return { passive: draw.chance(0.45), timeFirst: first === 0, placeFirst: first === 1, otherWords };
}

/** An event in words, as a whole sentence. */
export function sentenceOf(event: Event, draw: Draw, wording: Wording): string {
  const verb = wordFor(event.meaning, draw, wording.otherWords);
  const agent = phraseText(event.agent, draw, wording.otherWords);
  const patient = phraseText(event.patient, draw, wording.otherWords);
  const core = wording.passive
    ? `${patient} ${event.patient.number === null ? "was" : "were"}${event.negated ? " not" : ""} ${verb.participle} by ${agent}`
    : `${agent} ${event.negated ? `did not ${verb.base}` : verb.past} ${patient}`;
  const before = [wording.timeFirst && event.time, wording.placeFirst && event.place].filter(Boolean);
  const after = [!wording.placeFirst && event.place, !wording.timeFirst && event.time].filter(Boolean);
  return asSentence(`${before.length > 0 ? `${before.join(" ")} , ` : ""}${[core, ...after].join(" ")}`);
}

/** Adds a capital letter at the start and a full stop (or the given mark) at the end. */
export function asSentence(text: string, end = "."): string {
  const tidy = text.replace(/ ,/g, ",");
  return `${tidy.charAt(0).toUpperCase()}${tidy.slice(1)}${end}`;
}

/** "the old baker", "three wooden chairs". */
function phraseText({ noun, quality, number }: Phrase, draw: Draw, otherWords: number): string {
  const word = quality !== null && draw.chance(otherWords) ? (otherWord[quality] ?? quality) : quality;
  return [number ?? "the", word, number === null ? noun.one : noun.many].filter(Boolean).join(" ");
}

function wordFor(meaning: Meaning, draw: Draw, otherWords: number): Verb {
  return draw.chance(otherWords) ? draw.pick(meaning) : meaning[0];
}

/** "a" or "an", by the first letter of the next word. */
export const withArticle = (text: string): string => `${/^[aeiou]/i.test(text) ? "an" : "a"} ${text}`;
