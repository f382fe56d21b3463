import { lines } from "./list.js";

/** A sentence up to its pronoun, and its endings for the first and the second candidate. */
export interface Schema {
  readonly said: string;
  readonly clauses: readonly [ofFirst: string, ofSecond: string];
}

const schemas = (text: string): readonly Schema[] =>
  lines(text).map((line) => {
    const [said = "", first = "", second = ""] = line.split("|").map((part) => part.trim());
    return { said, clauses: [first, second] };
  });

/** `A` and `B` stand for two people of one gender. */
export const peopleSchemas = schemas(`
  A thanked B because | was grateful for the gift | had given a gift
  A paid B because | owed a debt | had done the work
  A asked B the way because | was lost | knew the town
  A lent B a coat because | had a spare one | was cold
  A borrowed money from B because | was out of cash | had plenty of cash
  A visited B in hospital because | was worried | was ill
  A blamed B for the delay because | had waited for an hour | had arrived late
  A taught B the song because | knew it by heart | wanted to learn it
  A carried B home because | was strong enough | had hurt a leg
  A envied B because | had won no prize | had won a prize
  A phoned B at once because | needed advice | always gave good advice
  A hired B because | needed a helper | needed a job
  A defended B because | was a loyal friend | was under attack
  A forgave B because | was never angry for long | had said sorry
  A followed B through the forest because | did not know the path | knew the path
  A believed B because | was too trusting | had always told the truth
  A could not hear B because | was a little deaf | spoke very softly
  A outran B because | had trained harder | had slept badly
  A scolded B because | was a strict parent | had broken a window
  A applauded B because | had enjoyed the show | had played so well
  A hid from B because | was afraid | was furious
  A sold B the cart because | wanted to be rid of it | wanted to own it
  A woke B because | had heard a noise | had slept too long
  A waited for B because | had come too early | had been held up
`);

/** Candidates are in brackets; synonyms follow slashes. */
export const thingSchemas = schemas(`
  [piano/table/statue/wardrobe] did not fit through [door/window/gate/hatch] because | was too wide | was too narrow
  [trophy/vase/globe/helmet] did not fit into [suitcase/box/drawer/bag] because | was too large | was too small
  [hammer/stone/brick/anvil] broke [plate/mirror/bottle/lamp] because | was so heavy | was so fragile
  [cart/truck/van/wagon] could not pull [tractor/boat/trunk/plough] because | was too weak | was too heavy
  [rope/chain/thread/wire] could not hold [crate/barrel/sack/safe] because | was too thin | weighed too much
  [car/train/tram/bus] overtook [bicycle/donkey/barge/sledge] because | was fast | was slow
  [blanket/cloth/net/sheet] did not cover [sofa/pond/stage/bench] because | was too short | was too long
  [ladder/pole/stick/ramp] did not reach [roof/shelf/branch/balcony] because | was too short | was too high
  [lamp/candle/torch/lantern] did not light up [hall/barn/cave/cellar] because | was too dim | was too big
  [bucket/jug/kettle/tank] could not hold all of [water/soup/milk/oil] because | was too shallow | was too much
`);
