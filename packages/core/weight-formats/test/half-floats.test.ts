import { expect, test } from "vitest";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../src/half-floats.js";

const everyBits = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);

/** Value of a binary float by its definition: `(-1)^s * 2^(e - bias) * 1.m`, subnormal where e = 0. */
function naiveValue(bits: number, exponentBits: number, mantissaBits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> mantissaBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * 2 ** (1 - bias) * fraction : sign * 2 ** (exponent - bias) * (1 + fraction);
}

test("all 65,536 half floats widen to the value their bits define", () => {
  const wrong = f16ToF32(everyBits).findIndex((value, bits) => !Object.is(value, naiveValue(bits, 5, 10)));
  expect(wrong).toBe(-1);
});

test("all 65,536 bfloat16 values widen to the value their bits define", () => {
  const wrong = bf16ToF32(everyBits).findIndex((value, bits) => !Object.is(value, naiveValue(bits, 8, 7)));
  expect(wrong).toBe(-1);
});

test("every half float survives widening and narrowing, a NaN as a NaN", () => {
  const back = f32ToF16(f16ToF32(everyBits));
  const isNaNBits = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
  const wrong = everyBits.find((bits) => back[bits] !== bits && !(isNaNBits(bits) && isNaNBits(back[bits]!)));
  expect(wrong).toBeUndefined();
});

test("narrowing takes the nearest half float, of two the even one, around every half float", () => {
  const finite = everyBits.slice(0, 0x7c00); // 0 to 65,504
  const values = f16ToF32(finite);
  for (let bits = 0; bits + 1 < finite.length; bits++) {
    const middle = Math.fround((values[bits]! + values[bits + 1]!) / 2);
    const step = Math.fround(middle * 2 ** -23);
    const even = bits % 2 === 0 ? bits : bits + 1;
    expect([...f32ToF16(Float32Array.of(middle, -middle, middle - step, middle + step))]).toEqual([
      even,
      even | 0x8000,
      bits,
      bits + 1,
    ]);
  }
});

test("narrowing overflows to infinity from 65,520 and underflows to zero below 2^-25", () => {
  const values = Float32Array.of(65519.996, 65520, 1e30, Number.NEGATIVE_INFINITY, 2 ** -25, 2 ** -25 * 1.0001, -1e-40);
  expect([...f32ToF16(values)]).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00, 0, 1, 0x8000]);
});

test("every bfloat16 survives widening and narrowing, a NaN as a NaN", () => {
  const back = f32ToBf16(bf16ToF32(everyBits));
  const isNaNBits = (bits: number) => (bits & 0x7fff) > 0x7f80;
  const wrong = everyBits.find((bits) => back[bits] !== bits && !(isNaNBits(bits) && isNaNBits(back[bits]!)));
  expect(wrong).toBeUndefined();
});

test("narrowing takes the nearest bfloat16, of two the even one, around every bfloat16", () => {
  const finite = everyBits.slice(0, 0x7f80);
  const wrong = finite.filter((bits) => {
    const around = new Float32Array(
      Uint32Array.of(0, 1, 0x7fff, 0x8000, 0x8001).map((low) => (bits << 16) | low).buffer,
    );
    const even = bits % 2 === 0 ? bits : bits + 1;
    return f32ToBf16(around).join() !== [bits, bits, bits, even, bits + 1].join();
  });
  expect([...wrong]).toEqual([]);
});
