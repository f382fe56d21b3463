import { lines } from "./list.js";

const groups = (text: string): readonly (readonly string[])[] =>
  lines(text).map((line) => line.split("|").map((part) => part.trim()));

/** What is asked: each line is one question in several wordings. */
export const intents = groups(`
  how do I | what is the best way to | how can someone | which steps do I follow to
  how much does it cost to | how expensive is it to | what price do people pay to | how much money do I need to
  how long does it take to | how many weeks do I need to | how much time must I plan to
  why should I | what are good reasons to | why is it worth the trouble to
  where can I | which is a good place to | what town is right to
  is it hard to | how difficult is it to | do many people fail when they try to
  is it allowed to | do I need permission to | does the law let people
`);

/** Subjects, in two wordings each. */
export const activities = groups(`
  bake bread | make a loaf of bread
  learn the violin | learn to play the violin
  grow tomatoes | raise tomato plants
  repair a bicycle | fix a broken bike
  paint a kitchen | give a kitchen new paint
  keep chickens | raise hens
  write a novel | write a whole book
  train a puppy | teach a young dog
  build a shed | put up a small shed
  sell old furniture | find a buyer for used furniture
  run a marathon | finish a long race
  learn to swim | become a swimmer
  brew coffee | make good coffee
  knit a scarf | make a woollen scarf
  plant an apple tree | grow apples
  rent a boat | hire a sailing boat
  open a small shop | start a little store
  move a piano | carry a piano upstairs
  clean a carpet | wash a rug
  cook rice | prepare rice
  make cheese | produce home-made cheese
  draw portraits | sketch faces
  become a nurse | train as a nurse
  fly a kite | get a kite into the air
  dry herbs | preserve fresh herbs
  heat a greenhouse | keep a greenhouse warm
  save seeds | store seeds for next year
  sharpen knives | put an edge on dull knives
  remove rust | get rid of rust
  catch trout | fish for trout
`);

/** Circumstances, in two wordings each. */
export const circumstances = groups(`
  in a small flat | in a tiny apartment
  without a teacher | on my own
  with little money | on a tight budget
  during the winter | in the cold months
  as a beginner | with no experience
  near the coast | close to the sea
  with small children | together with young kids
  after work | in the evening
  in the mountains | at high altitude
  without any noise | quietly
`);
