import type { Label, Task } from "../task.js";
import { createFormat } from "./create.js";

/**
 * The prompts of lm-evaluation-harness for decoders: the task's texts, a question and `Answer:`. Every target starts with
 * the space that the harness puts between a prompt and an answer, so the prompt ends without one. A task without a prompt of its own is
 * asked which of its answers holds.
 *
 * Gao et al., https://github.com/EleutherAI/lm-evaluation-harness, `lm_eval/tasks/glue`.
 */
export const lmEval = createFormat(
  "lm-eval",
  (task, { sentences }) =>
    task.prompt === undefined ? plainPrompt(task, sentences) : filled(task.prompt.text, sentences),
  (task, label, index) => answerOf(task, label, index),
  " ",
);

type Sentences = Readonly<Record<string, string>>;

/** The name of a field in braces stands for its text; `:sentence` ends it with a full stop. */
function filled(prompt: string, sentences: Sentences): string {
  return prompt.replace(/\{([^{}:]+)(:sentence)?\}/g, (whole, field: string, asks: string | undefined) => {
    const text = sentences[field];
    if (text === undefined) return whole;
    return asks === undefined ? text : asSentence(text);
  });
}

function plainPrompt(task: Task, sentences: Sentences): string {
  const texts = task.fields.map((field) =>
    task.fields.length === 1 ? sentences[field]! : `${field}: ${sentences[field]}`,
  );
  return [...texts, `Question: ${questionOf(task)}`, "Answer:"].join("\n");
}

function questionOf({ target }: Task): string {
  if (target.kind === "text") return "What is the answer?";
  if (target.kind === "score") return `Which number from ${target.minimum} to ${target.maximum}?`;
  const words = target.labels.map(({ word }) => word);
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}?`;
}

const answerOf = ({ prompt }: Task, { word }: Label, index: number): string => prompt?.answers?.[index] ?? word;

/** Without white space around it, with a full stop unless it has one. */
function asSentence(text: string): string {
  const trimmed = text.trim();
  return trimmed.endsWith(".") ? trimmed : `${trimmed}.`;
}
