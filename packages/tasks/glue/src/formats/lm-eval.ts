import type { TaskName } from "../task.js";
import { createFormat } from "./create.js";

interface Prompt {
  /** The text up to and with `Answer:`. */
  readonly source: (sentences: Readonly<Record<string, string>>) => string;
  /** The answer of each class, by index; none for a score. */
  readonly answers: readonly string[];
}

const entailment: Prompt = {
  source: ({ premise, hypothesis }) =>
    `${premise}\nQuestion: ${asSentence(hypothesis!)} True, False or Neither?\nAnswer:`,
  answers: ["True", "Neither", "False"],
};

const statement = ({ sentence1, sentence2 }: Readonly<Record<string, string>>) =>
  `${sentence1}\nQuestion: ${sentence2} True or False?\nAnswer:`;

const prompts: Readonly<Record<TaskName, Prompt>> = {
  cola: {
    source: ({ sentence }) => `${sentence}\nQuestion: Does this sentence make sense?\nAnswer:`,
    answers: ["no", "yes"],
  },
  sst2: {
    source: ({ sentence }) => `${sentence}\nQuestion: Is this sentence positive or negative?\nAnswer:`,
    answers: ["negative", "positive"],
  },
  mrpc: {
    source: ({ sentence1, sentence2 }) =>
      `Sentence 1: ${sentence1}\nSentence 2: ${sentence2}\nQuestion: Do both sentences mean the same thing?\nAnswer:`,
    answers: ["no", "yes"],
  },
  qqp: {
    source: ({ question1, question2 }) =>
      `Question 1: ${question1}\nQuestion 2: ${question2}\nQuestion: Do both questions ask the same thing?\nAnswer:`,
    answers: ["no", "yes"],
  },
  stsb: {
    source: ({ sentence1, sentence2 }) =>
      `Sentence 1: ${sentence1}\nSentence 2: ${sentence2}\nQuestion: How similar are both sentences, from 0.0 to 5.0?\nAnswer:`,
    answers: [],
  },
  mnli: entailment,
  qnli: {
    source: ({ question, sentence }) =>
      `${question}\n${sentence}\nQuestion: Does this response answer the question?\nAnswer:`,
    answers: ["yes", "no"],
  },
  rte: { source: statement, answers: ["True", "False"] },
  wnli: { source: statement, answers: ["False", "True"] },
  ax: entailment,
};

/**
 * The prompts of lm-evaluation-harness for decoders: the task's texts, a question and `Answer:`. Every target starts with
 * the space that the harness puts between a prompt and an answer, so the prompt ends without one.
 *
 * STS-B is not in the harness: its prompt is ours, and the answer is the score rounded to 0.2, ties to even, as in the
 * other formats. AX is written as MNLI, whose model predicts it.
 *
 * Gao et al., https://github.com/EleutherAI/lm-evaluation-harness, `lm_eval/tasks/glue`.
 */
export const lmEval = createFormat(
  "lm-eval",
  (task, { sentences }) => prompts[task.name].source(sentences),
  (task, _label, index) => prompts[task.name].answers[index]!,
  " ",
);

/** A hypothesis without white space around it, with a full stop unless it has one. */
function asSentence(hypothesis: string): string {
  const text = hypothesis.trim();
  return text.endsWith(".") ? text : `${text}.`;
}
