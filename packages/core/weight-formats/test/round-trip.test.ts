import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type GgufFormat,
  ggufBlocks,
  isGguf,
  nf4Values,
  readStored,
  readStoredRange,
  type StoredWeight,
  storeWeight,
  type WeightFormat,
  weightFormats,
  weightLayout,
} from "../src/index.js";
import { bytesOf, reference } from "./reference.js";

const magnitude = fc.float({ min: -1e4, max: 1e4, noNaN: true, noDefaultInfinity: true }).map(Math.fround);
const values = fc.array(magnitude, { maxLength: 300 }).map((list) => Float32Array.from(list));
const wholeBlocks = (length: number) =>
  fc
    .array(fc.array(magnitude, { minLength: length, maxLength: length }), { maxLength: Math.ceil(192 / length) })
    .map((list) => Float32Array.from(list.flat()));

/** max |value| over the block of `length` values to which value `at` belongs. */
const absmaxAt = (all: Float32Array, at: number, length: number): number => {
  const start = Math.floor(at / length) * length;
  return all.subarray(start, start + length).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
};

/** Largest value less the least over the block of 32 values to which value `at` belongs, and the magnitude of the least. */
const rangeAt = (all: Float32Array, at: number): { range: number; least: number } => {
  const block = all.subarray(at - (at % 32), at - (at % 32) + 32);
  const least = Math.min(...block);
  return { range: Math.max(...block) - least, least: Math.abs(least) };
};

/** Half the widest gap of NF4. */
const halfGap = Math.max(...nf4Values.slice(1).map((value, at) => value - nf4Values[at]!)) / 2;
const rounding = 1 + 2 ** -20;
const least = 2 ** -149;

/** Half a step of f16 at `value`: what rounding to it moves a value by at most. */
const halfStepF16 = (value: number): number => Math.max(Math.abs(value) * 2 ** -11, 2 ** -25);

/** How far a value may be from what was stored. Where codes count steps of a rounded scale, both errors add up. */
const bounds: Readonly<
  Record<Exclude<WeightFormat, "nf4+dq" | "q4_k" | "q6_k">, (all: Float32Array, at: number) => number>
> = {
  bf16: (all, at) => Math.max(Math.abs(all[at]!) * 2 ** -8, 2 ** -134),
  f16: (all, at) => halfStepF16(all[at]!),
  int8: (all, at) => (absmaxAt(all, at, 64) / 127 / 2) * rounding + 127 * least,
  // below 1e-38 a block is divided by that instead
  nf4: (all, at) => Math.max(absmaxAt(all, at, 64) * halfGap * rounding, 1e-38),
  // the scale is rounded to f16 after the codes were chosen
  q8_0: (all, at) => {
    const scale = absmaxAt(all, at, 32) / 127;
    return (scale / 2 + 127 * halfStepF16(scale)) * rounding;
  },
  // the value of largest magnitude is -8 scales; one of the other sign and the same magnitude is cut to 7
  q4_0: (all, at) => {
    const scale = absmaxAt(all, at, 32) / 8;
    return (scale + 8 * halfStepF16(scale)) * rounding;
  },
  // half a step; scale and least value are rounded to f16 after the codes were chosen
  q4_1: (all, at) => {
    const { range, least } = rangeAt(all, at);
    return (range / 30 + 15 * halfStepF16(range / 15) + halfStepF16(least)) * rounding;
  },
};

test.each(Object.keys(bounds) as (keyof typeof bounds)[])("%s keeps every value within its bound", (format) => {
  fc.assert(
    fc.property(isGguf(format) ? wholeBlocks(ggufBlocks[format].values) : values, (all) => {
      const read = readStored(storeWeight(all, [all.length], format));
      expect(read.length).toBe(all.length);
      for (let at = 0; at < all.length; at++)
        expect(Math.abs(read[at]! - all[at]!)).toBeLessThanOrEqual(bounds[format](all, at));
    }),
  );
});

/** The mean squared error in a format is at most this part of the mean square of the block of 256. */
const meanErrors = { q4_k: 1 / 60, q6_k: 1 / 600 } as const;

test.each(["q4_k", "q6_k"] as const)("%s keeps the mean squared error of a block within its bound", (format) => {
  fc.assert(
    fc.property(wholeBlocks(256), (all) => {
      const read = readStored(storeWeight(all, [all.length], format));
      for (let start = 0; start < all.length; start += 256) {
        const [own, error] = [all.subarray(start, start + 256), { squared: 0 }];
        for (const [at, value] of own.entries()) error.squared += (read[start + at]! - value) ** 2;
        const square = own.reduce((sum, value) => sum + value * value, 0);
        expect(error.squared).toBeLessThanOrEqual(meanErrors[format] * square + 256 * (64 * 2 ** -25 * 128) ** 2);
      }
    }),
  );
});

test.each(["q4_1", "q4_k", "q6_k"] as const)("%s keeps zeros and blocks of one negative value", (format) => {
  const all = new Float32Array(512).fill(-0.75, 256);
  const read = readStored(storeWeight(all, [512], format));
  expect(read.subarray(0, 256)).toEqual(new Float32Array(256));
  expect(Math.max(...read.subarray(256).map((value) => Math.abs(value + 0.75)))).toBeLessThan(0.75 * 2 ** -9);
});

test("double quantisation moves a scale by at most 1/50 of how far the scales spread", () => {
  fc.assert(
    fc.property(values, (all) => {
      const [plain, double] = (["nf4", "nf4+dq"] as const).map((format) => storeWeight(all, [all.length], format));
      const scales = Array.from({ length: Math.ceil(all.length / 64) }, (_, block) => absmaxAt(all, block * 64, 64));
      const spread = Math.max(...scales, 0) - Math.min(...scales);
      const [a, b] = [readStored(plain!), readStored(double!)];
      const rounded = Math.max(...scales, 0) * 2 ** -20 + 1e-37;
      for (let at = 0; at < all.length; at++)
        expect(Math.abs(a[at]! - b[at]!)).toBeLessThanOrEqual(spread / 50 + rounded);
    }),
  );
});

test.each(["bf16", "f16"] as const)("what %s can hold is stored as it is", (format) => {
  fc.assert(
    fc.property(values, (all) => {
      const once = storeWeight(all, [all.length], format);
      expect(storeWeight(readStored(once), [all.length], format).bytes).toEqual(once.bytes);
    }),
  );
});

/** A weight of some 700 values in any format. */
function someWeight(format: WeightFormat): StoredWeight {
  const block = isGguf(format) ? ggufBlocks[format].values : 1;
  const known = reference.gguf.find((each) => each.format === format);
  if (known !== undefined && isGguf(format)) {
    const bytes = bytesOf(known.blocks);
    return { format, shape: [bytes.length / ggufBlocks[format].bytes, block], bytes };
  }
  const all = Float32Array.from({ length: 701 }, (_, at) => Math.sin(at) * (1 + (at >> 6)));
  return storeWeight(all, [701], format);
}

describe.each(weightFormats)("%s", (format) => {
  const weight = someWeight(format);
  const whole = readStored(weight);

  test("a range at any place is that part of the whole", () => {
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length), (a, b) => {
        const [first, end] = [Math.min(a, b), Math.max(a, b)];
        const out = new Float32Array(end - first);
        readStoredRange(weight, first, out);
        expect(out).toEqual(whole.slice(first, end));
      }),
    );
  });

  test("bytes may lie at any address", () => {
    const moved = new Uint8Array(weight.bytes.length + 1).subarray(1);
    moved.set(weight.bytes);
    expect(readStored({ ...weight, bytes: moved })).toEqual(whole);
  });

  test("a range beyond the end and bytes of another count are refused", () => {
    expect(() => readStoredRange(weight, whole.length, new Float32Array(1))).toThrow(/range within \d+ values, got 1/);
    expect(() => readStoredRange(weight, -1, new Float32Array(1))).toThrow(RangeError);
    expect(() => readStored({ ...weight, bytes: weight.bytes.slice(1) })).toThrow(/expected \d+ bytes for the shape/);
  });
});

describe("what cannot be stored is refused in one line", () => {
  test.each(weightFormats)("a value that is not finite, in %s", (format) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const all = new Float32Array(256);
      all[7] = bad;
      expect(() => storeWeight(all, [256], format)).toThrow(`${format}: expected finite values, got ${bad} at 7`);
    }
  });

  test("a value that f16 or bf16 would round to infinity", () => {
    const largest = Float32Array.of(65_519.996, -65_519.996);
    expect([...readStored(storeWeight(largest, [2], "f16"))]).toEqual([65_504, -65_504]);
    expect(() => storeWeight(Float32Array.of(0, -65_520), [2], "f16")).toThrow(
      "f16: expected magnitudes up to 65,504, got -65520 at 1",
    );
    expect(() => storeWeight(Float32Array.of(3.4e38), [1], "bf16")).toThrow("bf16: expected magnitudes up to 3.39e38");
  });

  test.each(Object.entries(ggufBlocks))("a scale of %s beyond f16", (format, { values: length }) => {
    const all = new Float32Array(2 * length).fill(1e10, length);
    all[length] = 0;
    expect(() => storeWeight(all, [2 * length], format as GgufFormat)).toThrow(
      new RegExp(`^${format}: expected scales within f16 .*in block 1; use`),
    );
  });

  test("a shape of another number of values, or of no whole blocks", () => {
    expect(() => storeWeight(new Float32Array(3), [2, 2], "int8")).toThrow(
      "expected 4 values for the shape [2, 2], got 3",
    );
    expect(() => storeWeight(new Float32Array(33), [33], "q8_0")).toThrow("expected a multiple of 32 values, got 33");
  });
});

test("an empty weight has no values in any format", () => {
  for (const format of weightFormats) {
    const bytes = new Uint8Array(weightLayout(format, 0).bytes);
    expect(readStored({ format, shape: [0, 7], bytes })).toEqual(new Float32Array(0));
  }
  expect(storeWeight(new Float32Array(0), [0], "nf4+dq").bytes.length).toBe(weightLayout("nf4+dq", 0).bytes);
});

test.each([
  ["bf16", 2],
  ["f16", 2],
  ["int8", 1.0625],
  ["nf4", 0.5625],
  ["nf4+dq", 0.5159],
  ["q8_0", 1.0625],
  ["q4_0", 0.5625],
  ["q4_1", 0.625],
  ["q4_k", 0.5625],
  ["q6_k", 0.8203],
] as const)("a value of a 4096 x 4096 weight takes %s %d bytes", (format, bytes) => {
  expect(weightLayout(format, 4096 ** 2).bytes / 4096 ** 2).toBeCloseTo(bytes, 4);
});
