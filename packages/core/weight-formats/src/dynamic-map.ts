/**
 * The 256 values of the 8-bit dynamic data type, signed, with up to 7 bits of exponent: ascending, in f32, bit for bit those of
 * bitsandbytes' `create_dynamic_map()`.
 *
 * For each power of ten from 10^-6 to 1, the middles between 2, 3, 5, ... 65 evenly spaced bounds from 0.1 to 1, times that power, with
 * both signs; and 0 and 1. Dettmers 2016, https://arxiv.org/abs/1511.04561
 */
export const dynamicMap: Float32Array = makeDynamicMap();

/** Places into which -1..1 is divided before a code is looked up. */
const places = 65_536;

/** The code of each place, by the place. */
const codeAtPlace = makeCodes();

/**
 * The code of the map's value nearest to `scaled` after rounding that to one of 65,536 evenly spaced places from -1 to 1, as
 * bitsandbytes 0.50.2 does on a CPU: off by at most 1 / 65,535 from the nearest of all.
 */
export function dynamicCode(scaled: number): number {
  const raised = Math.fround(Math.min(Math.max(scaled, -1), 1) + 1);
  return codeAtPlace[Math.trunc(Math.fround(raised * 0.5 * (places - 1) + 0.5))]!;
}

function makeDynamicMap(): Float32Array {
  const values = [0, 1];
  for (let exponent = -6; exponent <= 0; exponent++) {
    const power = Math.fround(10 ** exponent);
    const bounds = evenlySpaced(2 ** (exponent + 6) + 1);
    for (let i = 1; i < bounds.length; i++) {
      const middle = Math.fround(Math.fround(bounds[i - 1]! + bounds[i]!) / 2);
      values.push(power * middle, -power * middle);
    }
  }
  return Float32Array.from(values).sort();
}

/** `count` values from 0.1 to 1 in f32, each counted from the nearer end. */
function evenlySpaced(count: number): Float32Array {
  const first = Math.fround(0.1);
  const step = Math.fround(Math.fround(1 - first) / (count - 1));
  return Float32Array.from({ length: count }, (_, index) =>
    index < count >> 1 ? first + step * index : 1 - step * (count - 1 - index),
  );
}

function makeCodes(): Uint8Array {
  const codes = new Uint8Array(places);
  let code = 0;
  for (let place = 0; place < places; place++) {
    const value = Math.fround(-1 + Math.fround((2 * place) / (places - 1)));
    while (code < 255 && Math.fround(0.5 * Math.fround(dynamicMap[code]! + dynamicMap[code + 1]!)) < value) code++;
    codes[place] = code;
  }
  return codes;
}
