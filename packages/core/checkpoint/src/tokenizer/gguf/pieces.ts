import type { TokenizerDocument } from "../document.js";

/** Numbers of the types of pieces in a file. */
export const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** A row of the table of tokens. */
export interface Piece {
  readonly text: string;
  readonly type: keyof typeof tokenTypes;
}

/**
 * The pieces of a byte-pair tokenizer by id. Ids without one get `[PADn]`, as llama.cpp's converters name them.
 *
 * @returns (vocabularySize)
 */
export function piecesOf({ model, added_tokens }: TokenizerDocument, vocabularySize: number): Piece[] {
  if (model.type !== "BPE") return [];
  const pieces = Array.from({ length: vocabularySize }, (_, id): Piece => ({ text: `[PAD${id}]`, type: "unused" }));
  const put = (id: number, piece: Piece): void => {
    if (id < vocabularySize) pieces[id] = piece;
  };
  const isByte = (text: string): boolean => model.byte_fallback === true && /^<0x[0-9A-F]{2}>$/.test(text);
  for (const [text, id] of Object.entries(model.vocab)) put(id, { text, type: isByte(text) ? "byte" : "normal" });
  for (const { id, content, special } of added_tokens) {
    const isUnknown = model.byte_fallback === true && content === model.unk_token;
    put(id, { text: content, type: isUnknown ? "unknown" : special === true ? "control" : "userDefined" });
  }
  return pieces;
}
