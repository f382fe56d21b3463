import { type Example, findAnyFormat, type Task, type TextFormat } from "@petl/task";
import { type Answering, type Encoding, headTaskOf, type TokenizedExample } from "./example.js";

/** Turns examples of one task into rows. */
export interface Encoder {
  readonly answering: Answering;
  labelled(example: Example): TokenizedExample;
  unlabelled(example: Example): TokenizedExample;
}

/** How examples of a task become rows for a backbone of some kind, by how it answers. */
export function encoderOf(task: Task, encoding: Encoding): Encoder {
  const format = findAnyFormat(encoding.format);
  if (encoding.scoring === "head") return headEncoder(task, encoding);
  if (format.kind !== "text")
    throw new Error(
      `format ${format.name}: it writes no answers; expected a text format for scoring ${encoding.scoring}`,
    );
  return encoding.kind === "decoder"
    ? continuationEncoder(task, format, encoding)
    : targetEncoder(task, format, encoding);
}

/** A head answers: one text or two as one sequence, and a class or a score. */
function headEncoder(task: Task, { format: name, tokenizer, maxLength }: Encoding): Encoder {
  const format = findAnyFormat(name);
  const unlabelled = (example: Example): TokenizedExample => {
    const [first, second = null] = format.segments(task, example);
    const { ids, segments } = tokenizer.encodePair(first!, second, { maxLength });
    return { source: ids, segments, target: [] };
  };
  return {
    answering: { scoring: "head", head: headTaskOf(task) },
    unlabelled,
    labelled: (example) => ({ ...unlabelled(example), value: example.label! }),
  };
}

/** A decoder with a source of its own writes the answer: both are texts of their own, each with its end of sequence. */
function targetEncoder(task: Task, format: TextFormat, encoding: Encoding): Encoder {
  const { tokenizer, maxLength, maxTargetLength } = encoding;
  const source = (example: Example): number[] => tokenizer.encode(format.source(task, example), { maxLength });
  const target = (text: string): number[] => tokenizer.encode(text, { maxLength: maxTargetLength });
  return {
    answering: textAnswering(task, format, encoding, target),
    unlabelled: (example) => ({ source: source(example), target: target("") }),
    labelled: (example) => ({ source: source(example), target: target(format.target(task, example)) }),
  };
}

/**
 * A decoder goes on with the source: the answer's ids are what follows the prompt's in the encoding of both. They end with the end of
 * sequence where the model must stop by itself.
 */
function continuationEncoder(task: Task, format: TextFormat, encoding: Encoding): Encoder {
  const { tokenizer, maxLength, maxTargetLength, scoring } = encoding;
  const end = scoring === "likelihood" ? [] : [tokenizer.eosId];
  const limits = { maxLength, maxContinuationLength: maxTargetLength - end.length };
  const encode = (example: Example, answer: string): TokenizedExample => {
    const { context, continuation } = tokenizer.encodeContinuation(format.source(task, example), answer, limits);
    return { source: context, target: [...continuation, ...end] };
  };
  const anyAnswer = format.labelTexts(task)[0] ?? "";
  // every prompt of a task ends alike, so the answers' ids are those after a prompt with nothing in it
  const empty: Example = {
    index: 0,
    label: undefined,
    sentences: Object.fromEntries(task.fields.map((field) => [field, ""])),
  };
  return {
    answering: textAnswering(task, format, encoding, (text) => encode(empty, text).target),
    unlabelled: (example) => ({ source: encode(example, anyAnswer).source, target: [tokenizer.eosId] }),
    labelled: (example) => encode(example, format.target(task, example)),
  };
}

function textAnswering(
  task: Task,
  format: TextFormat,
  { scoring, tokenizer }: Encoding,
  target: (text: string) => readonly number[],
): Answering {
  return {
    scoring: scoring as Exclude<typeof scoring, "head">,
    labels: format.labelTexts(task).map((text) => ({ text, ids: target(text) })),
    parse: (text) => format.parse(task, text),
    decode: (ids) => tokenizer.decode(ids),
  };
}
