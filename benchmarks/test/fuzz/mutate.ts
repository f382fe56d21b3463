import fc from "fast-check";

/** One change of a file's bytes. Places are parts of the length in ten-thousandths, so that a mutation fits any file. */
export type Mutation =
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "truncate"; readonly at: number }
  | { readonly kind: "delete"; readonly at: number; readonly bytes: number }
  | { readonly kind: "copy"; readonly from: number; readonly to: number; readonly bytes: number }
  | { readonly kind: "overwrite"; readonly at: number; readonly hex: string }
  | { readonly kind: "insert"; readonly at: number; readonly hex: string; readonly times: number }
  /** Replaces the n-th number written in digits. */
  | { readonly kind: "number"; readonly at: number; readonly text: string }
  /** Replaces the n-th JSON string. */
  | { readonly kind: "string"; readonly at: number; readonly text: string };

const extremes = [
  ...["0", "-0", "-1", "1e999", "-1e999", "1e-999", "0.5", "NaN", "Infinity", "null", "true", '"x"', "[]", "{}", "1e9"],
  ...["2147483648", "4294967296", "9007199254740993", "18446744073709551616", "100000000000000000000000000000"],
];

const strings = [
  ...["", "\\u0000", "\\ud800", "__proto__", "constructor", "toString", "../../x", "/dev/null", "a\\nb", "\\u001b[31m"],
  ...["\\u202e", "F64", "I32", "Unigram", "BPE", "WordPiece", "{{x}}", "x".repeat(70_000)],
];

const hostile = {
  nul: "00",
  highByte: "ff",
  cutUtf8: "e282",
  surrogate: "eda080",
  overlong: "c080",
  mark: "efbbbf",
  lineEnds: "0d0a0d",
  lineSeparator: "e280a8",
  tab: "09",
  quote: "22",
  array: "5b",
  objects: Buffer.from('{"a":').toString("hex"),
  largest32: "ffffffff",
  largest64: "ffffffffffffff7f",
  varint: "ffffffffffffffffff01",
} as const;

/** Plain objects, so that a counterexample is printed as JSON. */
const plain = { noNullPrototype: true } as const;
const share = fc.noBias(fc.integer({ min: 0, max: 9999 }));
const hex = fc.constantFrom(...Object.values(hostile));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: share, bit: fc.nat(7) }, plain),
  fc.record({ kind: fc.constant("truncate" as const), at: share }, plain),
  fc.record({ kind: fc.constant("delete" as const), at: share, bytes: fc.integer({ min: 1, max: 64 }) }, plain),
  fc.record(
    { kind: fc.constant("copy" as const), from: share, to: share, bytes: fc.integer({ min: 1, max: 400 }) },
    plain,
  ),
  fc.record({ kind: fc.constant("overwrite" as const), at: share, hex }, plain),
  fc.record(
    {
      kind: fc.constant("insert" as const),
      at: share,
      hex,
      times: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1, max: 5 }) },
        { weight: 1, arbitrary: fc.constant(20_000) },
      ),
    },
    plain,
  ),
  fc.record({ kind: fc.constant("number" as const), at: share, text: fc.constantFrom(...extremes) }, plain),
  fc.record({ kind: fc.constant("string" as const), at: share, text: fc.constantFrom(...strings) }, plain),
);

/** One to four changes of a file. */
export const mutations: fc.Arbitrary<Mutation[]> = fc.array(mutation, { minLength: 1, maxLength: 4 });

/** The bytes after all changes, in order; the original stays as it is. */
export function mutate(original: Uint8Array, changes: readonly Mutation[]): Buffer {
  return changes.reduce<Buffer>(apply, Buffer.from(original));
}

function apply(bytes: Buffer, change: Mutation): Buffer {
  const place = (part: number): number => Math.floor((part / 10_000) * bytes.length);
  switch (change.kind) {
    case "flip": {
      const flipped = Buffer.from(bytes);
      if (flipped.length > 0) flipped[place(change.at)]! ^= 1 << change.bit;
      return flipped;
    }
    case "truncate":
      return bytes.subarray(0, place(change.at));
    case "delete":
      return replace(bytes, place(change.at), change.bytes, Buffer.alloc(0));
    case "copy": {
      const from = place(change.from);
      return replace(bytes, place(change.to), 0, bytes.subarray(from, from + change.bytes));
    }
    case "overwrite": {
      const piece = Buffer.from(change.hex, "hex");
      return replace(bytes, place(change.at), piece.length, piece);
    }
    case "insert":
      return replace(bytes, place(change.at), 0, Buffer.from(change.hex.repeat(change.times), "hex"));
    case "number":
      return replaceMatch(bytes, /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, change.at, change.text);
    case "string":
      return replaceMatch(bytes, /"(?:[^"\\]|\\.)*"/g, change.at, `"${change.text}"`);
  }
}

function replace(bytes: Buffer, at: number, removed: number, piece: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + removed)]);
}

/** In Latin-1 every byte is a character of its own, so that the rest stays as it is. */
function replaceMatch(bytes: Buffer, pattern: RegExp, part: number, piece: string): Buffer {
  const found = [...bytes.toString("latin1").matchAll(pattern)];
  const match = found[Math.floor((part / 10_000) * found.length)];
  return match === undefined ? bytes : replace(bytes, match.index, match[0].length, Buffer.from(piece));
}
