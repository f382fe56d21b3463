import type { Draw } from "./draw.js";
import { type Event, oppositeOf, type Phrase, type World } from "./event.js";
import { numbers, times } from "./words/details.js";
import { type Noun, things } from "./words/nouns.js";
import { peopleMeanings, thingMeanings } from "./words/verbs.js";

/** Changes an event into another event; null if the change does not apply. */
export type Change = (event: Event, draw: Draw, world: World) => Event | null;

/** Swaps who did it to whom. */
export const swapRoles: Change = (event) =>
  event.patient.noun.kind === "person" ? { ...event, agent: event.patient, patient: event.agent } : null;

export const changeVerb: Change = (event, draw) => {
  const list = event.patient.noun.kind === "person" ? peopleMeanings : thingMeanings;
  return { ...event, meaning: draw.pickOther(list, event.meaning) };
};

export const changeAgent: Change = (event, draw, { people }) => ({
  ...event,
  agent: { ...event.agent, noun: draw.pickOther(people, event.agent.noun, event.patient.noun) },
});

export const changePatient: Change = (event, draw, { people }) => {
  const list: readonly Noun[] =
    event.patient.noun.kind === "person" ? people : things.filter(({ kind }) => kind === event.patient.noun.kind);
  return { ...event, patient: { ...event.patient, noun: draw.pickOther(list, event.agent.noun, event.patient.noun) } };
};

export const changePlace: Change = (event, draw, { places }) =>
  event.place === null ? null : { ...event, place: draw.pickOther(places, event.place) };

export const changeTime: Change = (event, draw) =>
  event.time === null ? null : { ...event, time: draw.pickOther(times, event.time) };

export const changeNumber: Change = (event, draw) => {
  const { number } = event.patient;
  return number === null ? null : { ...event, patient: { ...event.patient, number: draw.pickOther(numbers, number) } };
};

/** Replaces a quality of one of the two by its opposite. */
export const changeQuality: Change = (event, draw) => {
  const opposite = (phrase: Phrase): Phrase | null =>
    phrase.quality === null ? null : { ...phrase, quality: oppositeOf(phrase.quality) };
  const [agent, patient] = [opposite(event.agent), opposite(event.patient)];
  if (agent !== null && (patient === null || draw.chance(0.5))) return { ...event, agent };
  return patient === null ? null : { ...event, patient };
};

/** Swaps the qualities of two people: the same words with another meaning. */
export const swapQualities: Change = (event) => {
  const { agent, patient } = event;
  if (patient.noun.kind !== "person" || agent.quality === patient.quality) return null;
  return {
    ...event,
    agent: { ...agent, quality: patient.quality },
    patient: { ...patient, quality: agent.quality },
  };
};

export const negate: Change = (event) => ({ ...event, negated: !event.negated });

/** The first change that applies, tried in random order. */
export function changeOne(event: Event, draw: Draw, world: World, changes: readonly Change[]): Event {
  for (const change of draw.shuffle(changes)) {
    const changed = change(event, draw, world);
    if (changed !== null) return changed;
  }
  throw new Error("no change applies to this event: give one that always does");
}
