import { lines, words } from "./list.js";

/** The forms of a verb. */
export interface Verb {
  readonly base: string;
  readonly third: string;
  readonly past: string;
  readonly participle: string;
}

/** Verbs that mean the same. */
export type Meaning = readonly [Verb, ...Verb[]];

function verb(text: string): Verb {
  const [base = "", third = "", past = "", participle = past] = words(text);
  return { base, third, past, participle };
}

const meanings = (text: string): readonly Meaning[] =>
  lines(text).map((line) => line.split("|").map(verb) as unknown as Meaning);

/** What people do with things. */
export const thingMeanings = meanings(`
  buy buys bought | purchase purchases purchased
  sell sells sold
  repair repairs repaired | fix fixes fixed | mend mends mended
  break breaks broke broken | damage damages damaged
  find finds found | discover discovers discovered
  lose loses lost
  hide hides hid hidden | conceal conceals concealed
  show shows showed shown | display displays displayed
  clean cleans cleaned | wash washes washed
  choose chooses chose chosen | select selects selected
  refuse refuses refused | reject rejects rejected
  collect collects collected | gather gathers gathered
  throw throws threw thrown | toss tosses tossed
  carry carries carried | transport transports transported
  draw draws drew drawn | sketch sketches sketched
  copy copies copied | reproduce reproduces reproduced
  borrow borrows borrowed
  steal steals stole stolen
  return returns returned
  measure measures measured
  paint paints painted
  deliver delivers delivered
  admire admires admired
  describe describes described
  protect protects protected
`);

/** What people do to people; who does it to whom matters. */
export const peopleMeanings = meanings(`
  help helps helped | assist assists assisted
  praise praises praised | commend commends commended
  blame blames blamed | accuse accuses accused
  hire hires hired | employ employs employed
  teach teaches taught | instruct instructs instructed
  defeat defeats defeated | beat beats beat beaten
  follow follows followed | pursue pursues pursued
  question questions questioned | interrogate interrogates interrogated
  save saves saved | rescue rescues rescued
  phone phones phoned | call calls called
  visit visits visited
  thank thanks thanked
  warn warns warned
  invite invites invited
  trust trusts trusted
  replace replaces replaced
  ignore ignores ignored
  greet greets greeted
`);

/** What anyone may do on their own. */
export const soloVerbs = lines(`
  sleep sleeps slept
  laugh laughs laughed
  work works worked
  wait waits waited
  sing sings sang sung
  walk walks walked
  smile smiles smiled
  cry cries cried
  talk talks talked
  swim swims swam swum
  run runs ran run
  rest rests rested
  arrive arrives arrived
  leave leaves left
  eat eats ate eaten
  stand stands stood
`).map(verb);
