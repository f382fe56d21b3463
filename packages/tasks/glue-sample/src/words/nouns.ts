import { lines, words } from "./list.js";

/** A noun that can be counted. */
export interface Noun {
  readonly one: string;
  readonly many: string;
  /** The kind it belongs to. */
  readonly kind: string;
}

const irregular: Readonly<Record<string, string>> = {
  woman: "women",
  man: "men",
  child: "children",
  fisherman: "fishermen",
  mouse: "mice",
  goose: "geese",

  knife: "knives",
  shelf: "shelves",
  scarf: "scarves",
  wolf: "wolves",
  calf: "calves",
};

/** The plural of a noun. */
export function pluralOf(one: string): string {
  if (Object.hasOwn(irregular, one)) return irregular[one]!;
  if (/(s|x|ch|sh|tomato|potato)$/.test(one)) return `${one}es`;
  return /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`;
}

const nouns = (kind: string, text: string): Noun[] => words(text).map((one) => ({ one, many: pluralOf(one), kind }));

/** People by profession; the second list is only for MNLI's mismatched split, the first for all else. */
export const people: readonly Noun[] = nouns(
  "person",
  `baker farmer teacher doctor nurse painter singer lawyer driver gardener carpenter tailor potter miller weaver
  plumber banker writer poet dancer actor cook waiter judge clerk guard hunter shepherd blacksmith jeweller engineer
  chemist dentist florist butcher barber joiner mason mechanic electrician architect merchant librarian journalist
  student neighbour visitor tourist musician pianist violinist drummer sculptor photographer`,
);
export const seaPeople: readonly Noun[] = nouns(
  "person",
  `sailor captain pilot diver fisherman surveyor mapmaker lighthouse-keeper stoker boatman rower swimmer signaller
  harbourmaster steward navigator shipwright ropemaker`,
);

/** Things that are bought, moved, mended and hidden, by kind. */
export const things: readonly Noun[] = lines(`
  instrument: violin trumpet piano guitar drum flute harp cello
  tool: hammer saw ladder shovel rake chisel axe drill
  garment: coat shirt scarf hat jacket dress glove blanket
  vessel: jug bowl kettle basket bottle barrel bucket vase
  vehicle: cart bicycle truck van wagon tractor sledge carriage
  text: letter novel poem map diary notebook contract newspaper
  furniture: chair table bench desk cupboard bed stool wardrobe
  machine: clock lamp radio camera pump engine printer telephone
  jewel: ring necklace bracelet brooch watch crown medal pendant
`).flatMap((line) => {
  const [kind = "", list = ""] = line.split(":");
  return nouns(kind, list);
});

export const animals: readonly Noun[] = nouns(
  "animal",
  "dog cat horse goat camel cow rabbit goose duck donkey pony hen mouse fox owl sparrow calf pig parrot squirrel",
);

/** Given names whose form does not tell a pair apart. */
export const names: readonly string[] = words(`
  Alice Anna Clara Diana Edith Emma Flora Grace Hannah Helen Irene Julia Karen Laura Lucy Maria Martha Nora Olga Paula
  Rosa Ruth Sarah Sofia Vera Adam Albert Boris Carlo Daniel David Eric Felix Frank Georg Henry Hugo Ivan Jacob James
  Karl Leon Louis Marco Martin Oscar Peter Robert Simon Thomas Victor Walter`);
export const women: readonly string[] = names.slice(0, 25);
export const men: readonly string[] = names.slice(25);

/** Invented towns. */
export const towns: readonly string[] = words(`
  Altmere Brenholt Corvin Dunleigh Eastwick Fernhall Greyford Harrow Ilmouth Jarrow Kelstone Larkfield Marwick Norbeck
  Oakham Pellworth Quarley Redmoor Selby Tarnholm Ulverby Westmark Yarrow Zellin`);
