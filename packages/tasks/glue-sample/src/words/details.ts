import { lines, words } from "./list.js";

const pairs = (text: string): readonly (readonly [string, string])[] =>
  lines(text).map((line) => line.split("|").map((side) => side.trim()) as unknown as readonly [string, string]);

const anyThing = pairs(`
  old | new
  heavy | light
  large | small
  cheap | expensive
  clean | dirty
  plain | decorated
  rare | common
  wet | dry
  ugly | pretty
`);
const material = pairs("wooden | metal");
const state = pairs("broken | working");
const content = pairs("empty | full");
const use = pairs("blunt | sharp");
const wear = pairs("loose | tight");
const size = pairs("thick | thin");

const special: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  instrument: state,
  tool: [...material, ...use],
  garment: [...wear, ...size],
  vessel: [...material, ...content],
  vehicle: [...state, ...content],
  text: size,
  furniture: material,
  machine: state,
  jewel: [...wear, ...size],
};

/** Qualities that a kind of thing can have, and their opposites. */
export const qualitiesOf = (kind: string): readonly (readonly [string, string])[] => [
  ...anyThing,
  ...(special[kind] ?? []),
];

/** All of them. */
export const thingOpposites = [...anyThing, ...material, ...state, ...content, ...use, ...wear, ...size];

/** Qualities of people and their opposites. */
export const peopleOpposites = pairs(`
  young | elderly
  tall | short
  rich | poor
  famous | unknown
  cheerful | gloomy
  careful | careless
  calm | nervous
  polite | rude
  brave | timid
  busy | idle
`);

/** Synonyms of a quality. */
export const otherWord: Readonly<Record<string, string>> = {
  large: "big",
  small: "little",
  expensive: "costly",
  empty: "bare",
  pretty: "lovely",
  young: "youthful",
  rich: "wealthy",
  famous: "well-known",
  cheerful: "happy",
  careful: "cautious",
  rude: "impolite",
  brave: "courageous",
  rare: "unusual",
  dirty: "grimy",
  gloomy: "sad",
};

/** Numbers above one. */
export const numbers: readonly string[] = words("two three four five six seven eight nine ten twelve twenty");

/** Where something happens; no two are the same place. */
export const places: readonly string[] = lines(`
  at the market
  in the kitchen
  behind the church
  near the station
  in the garden
  by the river
  in the workshop
  on the square
  at the school
  under the bridge
  in the library
  outside the theatre
  beside the mill
  in the cellar
  at the fair
  in the attic
`);
export const seaPlaces: readonly string[] = lines(`
  on the pier
  in the harbour
  aboard the ferry
  near the lighthouse
  on the beach
  below deck
  at the shipyard
  on the island
`);

/** When something happened; no two are the same time. */
export const times: readonly string[] = lines(`
  on Monday
  on Tuesday
  on Thursday
  on Saturday
  last week
  last spring
  last winter
  in March
  in October
  at noon
  at midnight
  before breakfast
  after the storm
  during the holidays
`);

/** How something was done; no two are the same manner. */
export const manners: readonly string[] = lines(`
  with great care
  in a hurry
  without a word
  with a smile
  for the first time
  once again
  by mistake
  on purpose
  with some trouble
  in silence
`);
