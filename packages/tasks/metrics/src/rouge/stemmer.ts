import { suffixes2, suffixes3, suffixes4 } from "./suffixes.js";

/** Words that the rules would tear from their kin. */
const irregular: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ sky: "sky", skies: "sky", dying: "die", lying: "lie", tying: "tie", news: "news", howe: "howe" },
    ...{ innings: "inning", inning: "inning", outings: "outing", outing: "outing", cannings: "canning" },
    ...{ canning: "canning", proceed: "proceed", exceed: "exceed", succeed: "succeed" },
  }),
);

/**
 * Stem of a lower-case word of a-z and 0-9, of three characters or more: Porter's algorithm with the deviations of NLTK's
 * `PorterStemmer`, which rouge_score uses.
 *
 * Porter 1980, An algorithm for suffix stripping; the steps have its names.
 */
export function stem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  const inflected = step1c(step1b(step1a(word)));
  return step5(replaceFirst(replaceFirst(step2(inflected), suffixes3, 0), suffixes4, 1));
}

function step1a(word: string): string {
  if (word.endsWith("ies")) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith("sses")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function step1b(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const rest = /^(.*)(?:ed|ing)$/.exec(word)?.[1];
  if (rest === undefined || !shape(rest).includes("v")) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (/(.)\1$/.test(rest) && shape(rest).endsWith("c")) return /[lsz]$/.test(rest) ? rest : rest.slice(0, -1);
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest;
}

function step1c(word: string): string {
  const rest = word.slice(0, -1);
  return word.endsWith("y") && rest.length > 1 && shape(rest).endsWith("c") ? `${rest}i` : word;
}

function step2(word: string): string {
  if (word.endsWith("alli") && measure(word.slice(0, -4)) > 0) return step2(word.slice(0, -2));
  if (word.endsWith("logi")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  return replaceFirst(word, suffixes2, 0);
}

function step5(word: string): string {
  const rest = word.slice(0, -1);
  const dropsE = word.endsWith("e") && (measure(rest) > 1 || (measure(rest) === 1 && !endsShort(rest)));
  const result = dropsE ? rest : word;
  return result.endsWith("ll") && measure(result.slice(0, -1)) > 1 ? result.slice(0, -1) : result;
}

/** The first suffix that fits decides: it is replaced if the rest has a measure above `above`, else the word stays. */
function replaceFirst(word: string, suffixes: readonly (readonly [string, string])[], above: number): string {
  const rule = suffixes.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const rest = word.slice(0, -rule[0].length);
  if (rule[0] === "ion" && !/[st]$/.test(rest)) return word;
  return measure(rest) > above ? rest + rule[1] : word;
}

/** Porter's m: how often a vowel is followed by a consonant. */
function measure(word: string): number {
  return shape(word).split("vc").length - 1;
}

/** Porter's *o: consonant, vowel and a consonant other than w, x and y; or a vowel and a consonant alone. */
function endsShort(word: string): boolean {
  const letters = shape(word);
  return letters === "vc" || (letters.endsWith("cvc") && !/[wxy]$/.test(word));
}

/** Each letter as `c`onsonant or `v`owel; y is a vowel after a consonant. */
function shape(word: string): string {
  let letters = "";
  for (const letter of word) {
    const vowel = letter === "y" ? letters.endsWith("c") : "aeiou".includes(letter);
    letters += vowel ? "v" : "c";
  }
  return letters;
}
