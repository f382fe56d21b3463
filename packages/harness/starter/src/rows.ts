const places = ["bakery", "library", "harbour", "market", "theatre", "workshop", "garden", "station"];
const goodWords = ["warm", "bright", "lovely", "cheerful", "tidy", "welcoming"];
const badWords = ["cold", "gloomy", "dreadful", "rude", "filthy", "hostile"];
const openings = ["On Monday the", "They say the", "This morning the"];

/** A made-up table of 144 visits, CSV with the columns `note` and `mood` (good, bad): half of each, in turn. */
export function rowsText(): string {
  const rows = places.flatMap((place, at) =>
    goodWords.flatMap((_, word) =>
      [0, 1, 2].map((opening) => row(place, word, opening, (at + word + opening) % 2 === 0)),
    ),
  );
  return `note,mood\n${rows.join("")}`;
}

function row(place: string, word: number, opening: number, isGood: boolean): string {
  const words = isGood ? goodWords : badWords;
  const also = words[(word + opening + 1) % words.length];
  return `${openings[opening]} ${place} was ${words[word]} and ${also},${isGood ? "good" : "bad"}\n`;
}
