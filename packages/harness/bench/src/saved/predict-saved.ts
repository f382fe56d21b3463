import type { Task } from "@petl/task";
import { type Answer, type Answering, predict, prepareTexts } from "@petl/trainer";
import { BenchError } from "../errors.js";
import { encodingOf } from "../resolve/answering.js";
import { findSavedParts, openSavedParts, type SavedModelOptions, savedSettings } from "./open-saved-model.js";
import { readSavedModel, savedTask } from "./saved-model.js";
import { exampleOf, lineBatches } from "./text-lines.js";

/** What a saved model answers to one text. */
export interface TextPrediction {
  /** The class; null where the model wrote none. Absent where the task asks for a score. */
  readonly label?: string | null;
  /** The score; null where the model wrote none. Absent where the task asks for a class. */
  readonly score?: number | null;
  /** As the model wrote it; null where a head answered. */
  readonly text: string | null;
  /** Of each answer: summed log-probabilities in nats, or the head's outputs. Null where answers are not scored one by one. */
  readonly scores: Readonly<Record<string, number>> | null;
}

/**
 * Loads a model that a run saved, backbone included, and answers the lines of a stream in their order, as many at once as its
 * evaluation took.
 *
 * @throws BenchError E_TEXT_INVALID for a line that is no example of its task, once those before it are answered; E_MODEL_INVALID where
 *   the model does not fit its method or backbone any more, and what loading its parts throws
 */
export async function* predictSaved(
  directory: string,
  input: AsyncIterable<Uint8Array | string>,
  options: SavedModelOptions,
): AsyncGenerator<TextPrediction[]> {
  const saved = readSavedModel(directory);
  const parts = await findSavedParts(directory, saved, options);
  const settings = savedSettings(saved);
  const task = savedTask(saved);
  const { device, backbone, model } = await openSavedParts(directory, saved, parts);
  try {
    const encoding = encodingOf(backbone, settings, saved.textFormat);
    let read = 0;
    for await (const lines of lineBatches(input, settings.evalBatchSize)) {
      const { examples, problem } = readable(lines, read, task);
      read += lines.length;
      if (examples.length > 0) {
        const texts = prepareTexts(task, examples, encoding);
        const { answers } = await predict(model, texts.answering, texts.examples, settings);
        yield answers.map((answer) => predictionOf(answer, texts.answering, task));
      }
      if (problem !== null) throw problem;
    }
  } finally {
    await device.close();
  }
}

/** The examples before the first line that is none, and what is wrong with that. */
function readable(lines: readonly string[], before: number, task: Task) {
  const examples = [];
  for (const [index, line] of lines.entries())
    try {
      examples.push(exampleOf(line, before + index + 1, task));
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      return { examples, problem: error };
    }
  return { examples, problem: null };
}

function predictionOf({ value, text, scores }: Answer, answering: Answering, { target }: Task): TextPrediction {
  if (target.kind === "text") return { text, scores: null };
  const names = target.kind === "class" ? target.labels.map(({ word }) => word) : answerTexts(answering);
  const named = scores && names && Object.fromEntries(names.map((name, index) => [name, scores[index]!]));
  return target.kind === "class"
    ? { label: typeof value === "number" ? names![value]! : null, text, scores: named }
    : { score: typeof value === "number" ? value : null, text, scores: named };
}

/** The texts of a score's answers; null where a head gives the score itself. */
function answerTexts(answering: Answering): string[] | null {
  return answering.scoring === "head" ? null : answering.labels.map(({ text }) => text.trim());
}
