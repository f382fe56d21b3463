/** Comparatives and their opposites, each about another quality. */
export const comparatives: readonly (readonly [string, string])[] = [
  ["taller", "shorter"],
  ["older", "younger"],
  ["richer", "poorer"],
  ["faster", "slower"],
  ["stronger", "weaker"],
  ["happier", "sadder"],
  ["louder", "quieter"],
  ["busier", "idler"],
];
