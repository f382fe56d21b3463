import type { Draw } from "../draw.js";
import { asSentence } from "../event.js";
import { qualitiesOf, times } from "../words/details.js";
import { names, people, things, towns } from "../words/nouns.js";
import { type Meaning, thingMeanings } from "../words/verbs.js";
import type { TaskGenerator } from "./row.js";

interface Report {
  readonly who: string;
  readonly meaning: Meaning;
  readonly thing: string;
  readonly town: string;
  readonly time: string;
}

/** A passage of two reports; the hypothesis repeats one, mixes both, or claims something new. */
export const rte: TaskGenerator = {
  labels: ["entailment", "not_entailment"],
  row(draw, label) {
    const [one, two] = drawReports(draw);
    const passage = [one, two].map((report) => longForm(report, draw)).join(" ");
    const [told, other] = draw.shuffle([one, two]) as [Report, Report];
    const isTrue = label === "entailment";
    const claim = isTrue ? told : falseClaim(draw, told, other, [one, two]);
    const isDenied = !isTrue && draw.chance(0.1);
    return { texts: [passage, shortForm(isDenied ? told : claim, draw, isDenied)], label };
  },
};

function drawReports(draw: Draw): [Report, Report] {
  const [nameOne = "", nameTwo = ""] = draw.several(names, 2);
  const meanings = draw.several(thingMeanings, 2);
  const nouns = draw.several(things, 2);
  const where = draw.several(towns, 2);
  const when = draw.several(times, 2);
  const report = (who: string, at: 0 | 1): Report => ({
    who,
    meaning: meanings[at]!,
    thing: `${draw.pick(draw.pick(qualitiesOf(nouns[at]!.kind)))} ${nouns[at]!.one}`,
    town: where[at]!,
    time: when[at]!,
  });
  return [report(nameOne, 0), report(nameTwo, 1)];
}

function falseClaim(draw: Draw, told: Report, other: Report, known: readonly Report[]): Report {
  if (draw.chance(0.5)) {
    const key = draw.pick(["who", "thing", "town", "meaning"] as const);
    return { ...told, [key]: other[key] };
  }
  const unknown = <Item>(items: readonly Item[], of: (report: Report) => Item): Item =>
    draw.pickOther(items, ...known.map(of));
  switch (draw.integer(4)) {
    case 0:
      return { ...told, who: unknown(names, ({ who }) => who) };
    case 1:
      return { ...told, town: unknown(towns, ({ town }) => town) };
    case 2:
      return { ...told, meaning: unknown(thingMeanings, ({ meaning }) => meaning) };
    default: {
      const [quality = "", current = ""] = told.thing.split(" ");
      const kind = things.find(({ one }) => one === current)!.kind;
      const alike = things.filter((thing) => thing.kind === kind).map(({ one }) => one);
      const noun = draw.pickOther(alike, ...known.map(({ thing }) => thing.split(" ")[1]!));
      return { ...told, thing: `${quality} ${noun}` };
    }
  }
}

function longForm({ who, meaning, thing, town, time }: Report, draw: Draw): string {
  const verb = draw.pick(meaning);
  const role = draw.chance(0.5) ? `, the ${draw.pick(people).one} from ${town}, ` : ` of ${town} `;
  return asSentence(
    draw.chance(0.5)
      ? `${who}${role}${verb.past} the ${thing} ${time}`
      : `${time} the ${thing} was ${verb.participle} by ${who} of ${town}`,
  );
}

function shortForm({ who, meaning, thing, town }: Report, draw: Draw, isDenied: boolean): string {
  const verb = draw.pick(meaning);
  const person = `${who} of ${town}`;
  return asSentence(
    draw.chance(0.5)
      ? `${person} ${isDenied ? `did not ${verb.base}` : verb.past} the ${thing}`
      : `the ${thing} was ${isDenied ? "not " : ""}${verb.participle} by ${person}`,
  );
}
