import type { Draw } from "../draw.js";
import { asSentence } from "../event.js";
import { badWords, degrees, goodWords, reviewed } from "../words/reviews.js";
import type { TaskGenerator } from "./row.js";

interface Review {
  readonly subject: string;
  readonly aspect: string;
  readonly other: string;
  /** A word of the wanted sentiment, and others of both. */
  readonly word: string;
  readonly another: string;
  readonly against: string;
  readonly degree: string;
}

type Pattern = (review: Review) => string;

/** The sentiment is that of its words. */
const plain: readonly Pattern[] = [
  ({ subject, aspect, degree, word }) => `the ${aspect} of this ${subject} is ${degree} ${word}`,
  ({ subject, aspect, word }) => `this ${subject} with its ${word} ${aspect}`,
  ({ subject, word, aspect, another }) => `this ${subject} is ${word} and its ${aspect} is ${another}`,
  ({ subject, degree, word }) => `we found the ${subject} ${degree} ${word} from start to finish`,
];

/** Two sentiments; the structure of the sentence decides which one counts. */
const contrast: readonly Pattern[] = [
  ({ aspect, against, subject, word }) => `the ${aspect} may be ${against} , but the ${subject} as a whole is ${word}`,
  ({ aspect, against, subject, word }) => `the ${subject} is ${word} , even though the ${aspect} is ${against}`,
  ({ aspect, against, subject, word }) => `despite its ${against} ${aspect} , this ${subject} is ${word}`,
  ({ subject, word, aspect, against }) => `this ${subject} stays ${word} despite its ${against} ${aspect}`,
  ({ aspect, other, against, word }) => `i expected the ${aspect} to be ${against} and found even the ${other} ${word}`,
  ({ subject, against, word }) => `everyone called the ${subject} ${against} , yet in truth it is ${word}`,
];

/** The only sentiment word is the wrong one, and is negated. */
const reversed: readonly Pattern[] = [
  ({ aspect, subject, against }) => `the ${aspect} of this ${subject} is not ${against}`,
  ({ aspect, against, degree }) => `the ${aspect} is never ${degree} ${against}`,
  ({ subject, aspect, against }) => `nobody could call this ${subject} or its ${aspect} ${against}`,
  ({ subject, against, aspect }) => `far from ${against} , this ${subject} and its ${aspect}`,
  ({ aspect, against, subject }) => `there is nothing ${against} about the ${aspect} of this ${subject}`,
];

/** Sentiment of a review; negation and contrast reverse single words. */
export const sst2: TaskGenerator = {
  labels: ["0", "1"],
  row(draw, label) {
    const patterns = draw.chance(0.5) ? plain : draw.chance(0.7) ? contrast : reversed;
    return { texts: [asSentence(draw.pick(patterns)(drawReview(draw, label === "1")), " .")], label };
  },
};

function drawReview(draw: Draw, isGood: boolean): Review {
  const { subject, aspects } = draw.pick(reviewed);
  const [aspect = "", other = ""] = draw.several(aspects, 2);
  const [wanted, opposite] = isGood ? [goodWords, badWords] : [badWords, goodWords];
  const [word = "", another = ""] = draw.several(wanted, 2);
  return { subject, aspect, other, word, another, against: draw.pick(opposite), degree: draw.pick(degrees) };
}
