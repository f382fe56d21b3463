import { z } from "zod";
import type { EncodedPair } from "./tokenizer.js";

/** What a post-processor puts in a row: one of the texts, or special tokens. */
type Part =
  | { readonly text: 0 | 1; readonly segment: number }
  | { readonly ids: readonly number[]; readonly segment: number };

/** How a text, or two, become one sequence with special tokens. */
export interface Template {
  readonly single: readonly Part[];
  readonly pair: readonly Part[];
}

const first: Part = { text: 0, segment: 0 };
/** For tokenizers that add no special tokens. */
export const bareTemplate: Template = { single: [first], pair: [first, { text: 1, segment: 0 }] };

/** A template that ends each text with an id, as T5's. */
export function closingTemplate(id: number): Template {
  const closing: Part = { ids: [id], segment: 0 };
  return { single: [first, closing], pair: [first, closing, { text: 1, segment: 0 }, closing] };
}

const id = z.number().int().nonnegative();
const piece = z.strictObject({ id: z.string(), type_id: id });
const parts = z.array(
  z.union([
    z.strictObject({ Sequence: piece.extend({ id: z.enum(["A", "B"]) }) }),
    z.strictObject({ SpecialToken: piece }),
  ]),
);
const specialToken = z.tuple([z.string(), id]).transform(([, ids]) => [ids]);
const postProcessor = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("TemplateProcessing"),
    single: parts,
    pair: parts,
    special_tokens: z.record(z.string(), z.object({ ids: z.array(id) })),
  }),
  z.object({ type: z.literal("BertProcessing"), cls: specialToken, sep: specialToken }),
  z.object({ type: z.literal("RobertaProcessing"), cls: specialToken, sep: specialToken }),
  z.object({ type: z.literal("ByteLevel") }),
  z.object({
    type: z.literal("Sequence"),
    get processors() {
      return z.array(postProcessor);
    },
  }),
]);
type PostProcessor =
  | Exclude<z.infer<typeof postProcessor>, { type: "Sequence" }>
  | { type: "Sequence"; processors: PostProcessor[] };

/** The template of a `tokenizer.json`'s post-processor; undefined where it adds nothing. Throws where it is malformed. */
export function readTemplate(description: unknown): Template | undefined {
  const templates = templatesOf(postProcessor.parse(description));
  if (templates.length > 1) throw new Error("post-processors in a row that each add special tokens");
  return templates[0];
}

function templatesOf(processor: PostProcessor): Template[] {
  switch (processor.type) {
    case "ByteLevel": // shifts offsets, which are not used here
      return [];
    case "Sequence":
      return processor.processors.flatMap(templatesOf);
    case "BertProcessing":
      return [wrapped(processor.cls, processor.sep, [], 1)];
    case "RobertaProcessing":
      return [wrapped(processor.cls, processor.sep, processor.sep, 0)];
    case "TemplateProcessing": {
      const partOf = (part: (typeof processor.single)[number]): Part => {
        if ("Sequence" in part) return { text: part.Sequence.id === "A" ? 0 : 1, segment: part.Sequence.type_id };
        const { id: name, type_id: segment } = part.SpecialToken;
        const special = processor.special_tokens[name];
        if (special === undefined) throw new Error(`a post-processor without the ids of its special token "${name}"`);
        return { ids: special.ids, segment };
      };
      return [{ single: processor.single.map(partOf), pair: processor.pair.map(partOf) }];
    }
  }
}

function wrapped(cls: readonly number[], sep: readonly number[], middle: readonly number[], segment: number): Template {
  const single: Part[] = [{ ids: cls, segment: 0 }, first, { ids: sep, segment: 0 }];
  return {
    single,
    pair: [...single, { ids: middle, segment }, { text: 1, segment }, { ids: sep, segment }],
  };
}

/** Every special id of a template. */
export function specialIds({ single, pair }: Template): number[] {
  return [...single, ...pair].flatMap((part) => ("ids" in part ? part.ids : []));
}

/** The special ids in front of the first text. */
export function prefixIds({ single }: Template): number[] {
  const end = single.findIndex((part) => "text" in part);
  return single.slice(0, Math.max(0, end)).flatMap((part) => ("ids" in part ? part.ids : []));
}

/** Number of special ids in a row. */
export function specialCount(row: readonly Part[]): number {
  return row.reduce((count, part) => count + ("ids" in part ? part.ids.length : 0), 0);
}

/** Puts one or two encoded texts into a row. */
export function fill(row: readonly Part[], texts: readonly (readonly number[])[]): EncodedPair {
  const ids: number[] = [];
  const segments: number[] = [];
  for (const part of row) {
    for (const each of "ids" in part ? part.ids : texts[part.text]!) {
      ids.push(each);
      segments.push(part.segment);
    }
  }
  return { ids, segments };
}

/** How many pieces of two texts fit in `room`, where the longer gives up its last pieces first. */
export function longestFirst(first: number, second: number, room: number): [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second);
  const half = Math.floor(room / 2);
  const [small, large] = shorter <= half ? [shorter, room - shorter] : [half, room - half];
  return first > second ? [large, small] : [small, large];
}
