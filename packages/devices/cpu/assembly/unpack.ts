import { bytes, int, pointer } from "./job";

// A unit is a block of values, `unpackUnit` of them or a format's own block. Slots: format, values, codes, scales, nested scales, first
// block, table of codes, table of scales, offset of the scales (float32), values out. Codes and scales are those of the values; `first block`
// is the place of the first scale among those that share nested scales.
const formatSlot: i32 = 0;
const valuesSlot: i32 = 1;
const codesSlot: i32 = 2;
const scalesSlot: i32 = 3;
const nestedSlot: i32 = 4;
const firstBlockSlot: i32 = 5;
const codeTableSlot: i32 = 6;
const scaleTableSlot: i32 = 7;
const scaleOffsetSlot: i32 = 8;
const outSlot: i32 = 9;

// Their places in `weightFormats` of @petl/weight-formats; 3 is nf4.
const bf16: i32 = 0;
const f16: i32 = 1;
const int8: i32 = 2;
const nf4dq: i32 = 4;
const q8_0: i32 = 5;
const q4_0: i32 = 6;
const q4_1: i32 = 7;
const q4_k: i32 = 8;
const q6_k: i32 = 9;

/** Values of blocks `begin` to `end` of a stored weight, as float32. */
export function unpackWeights(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const format = int(job, formatSlot);
  const codes = pointer(job, codesSlot);
  const out = pointer(job, outSlot);
  const values = int(job, valuesSlot);
  for (let block = begin; block < end; block++) {
    const at = block as usize;
    if (format <= f16) {
      const from = block << 6;
      unpackHalves(format, codes + ((from as usize) << 1), min(64, values - from), out + bytes(from));
    } else if (format <= nf4dq) {
      const from = block << 6;
      const count = min(64, values - from);
      const to = out + bytes(from);
      const scale = scaleOf(job, format, block);
      if (format === int8) unpackBytes(codes + (from as usize), scale, count, to);
      else unpackNibbles(codes + ((from as usize) >> 1), pointer(job, codeTableSlot), scale, count, to);
    } else if (format === q8_0) {
      const from = codes + at * 34;
      unpackBytes(from + 2, half(from), 32, out + at * 128);
    } else if (format === q4_0) unpackQ4(codes + at * 18, false, out + at * 128);
    else if (format === q4_1) unpackQ4(codes + at * 20, true, out + at * 128);
    else if (format === q4_k) unpackQ4K(codes + at * 144, out + at * 1024);
    else if (format === q6_k) unpackQ6K(codes + at * 210, out + at * 1024);
    else unreachable();
  }
}

function scaleOf(job: usize, format: i32, block: i32): f32 {
  const scales = pointer(job, scalesSlot);
  if (format !== nf4dq) return load<f32>(scales + bytes(block));
  const place = int(job, firstBlockSlot) + block;
  const code = load<u8>(scales + (block as usize)) as i32;
  const nested = load<f32>(pointer(job, nestedSlot) + bytes(place >> 8));
  return load<f32>(pointer(job, scaleTableSlot) + bytes(code)) * nested + load<f32>(job + bytes(scaleOffsetSlot));
}

/** A half-precision number at an address. */
function half(from: usize): f32 {
  return f32x4.extract_lane(fourHalves(v128.splat<i32>((load<u16>(from) as i32) << 16)), 0);
}

function unpackHalves(format: i32, from: usize, count: i32, to: usize): void {
  const isBf16 = format === bf16;
  let done = 0;
  for (; done + 8 <= count; done += 8) {
    const stored = v128.load(from);
    const low = i16x8.shuffle(stored, i16x8.splat(0), 8, 0, 8, 1, 8, 2, 8, 3);
    const high = i16x8.shuffle(stored, i16x8.splat(0), 8, 4, 8, 5, 8, 6, 8, 7);
    v128.store(to, isBf16 ? low : fourHalves(low));
    v128.store(to, isBf16 ? high : fourHalves(high), 16);
    from += 16;
    to += 32;
  }
  for (; done < count; done++) {
    store<f32>(to, isBf16 ? reinterpret<f32>((load<u16>(from) as u32) << 16) : half(from));
    from += 2;
    to += 4;
  }
}

/** Four halves in the upper 16 bits of each lane: as float32 whose exponents are 112 too small, which a multiplication mends. */
function fourHalves(stored: v128): v128 {
  const sign = v128.and(stored, v128.splat<i32>(0x80000000));
  const small = i32x4.shr_u(v128.and(stored, v128.splat<i32>(0x7fff0000)), 3);
  const finite = i32x4.lt_s(small, v128.splat<i32>(0x0f800000));
  const size = v128.bitselect(
    f32x4.mul(small, v128.splat<i32>(0x77800000)),
    v128.or(small, v128.splat<i32>(0x7f800000)),
    finite,
  );
  return v128.or(size, sign);
}

/** `code * scale` of signed bytes. */
function unpackBytes(from: usize, scale: f32, count: i32, to: usize): void {
  const scales = f32x4.splat(scale);
  let done = 0;
  for (; done + 8 <= count; done += 8) {
    const words = v128.load8x8_s(from);
    v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(words)), scales));
    v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(words)), scales), 16);
    from += 8;
    to += 32;
  }
  for (; done < count; done++) {
    store<f32>(to, (load<i8>(from) as f32) * scale);
    from++;
    to += 4;
  }
}

/** `table[nibble] * scale`, the high nibble first. */
function unpackNibbles(from: usize, table: usize, scale: f32, count: i32, to: usize): void {
  let done = 0;
  for (; done + 2 <= count; done += 2) {
    const pair = load<u8>(from) as usize;
    store<f32>(to, load<f32>(table + ((pair >> 4) << 2)) * scale);
    store<f32>(to, load<f32>(table + ((pair & 15) << 2)) * scale, 4);
    from++;
    to += 8;
  }
  if (done < count) store<f32>(to, load<f32>(table + (((load<u8>(from) as usize) >> 4) << 2)) * scale);
}

/** A block of 32 values: the low nibbles are the first 16. Q4_0: `(code - 8) * scale`; Q4_1: `code * scale + least`. */
function unpackQ4(from: usize, hasLeast: bool, to: usize): void {
  const scale = half(from);
  const least = hasLeast ? half(from + 2) : <f32>0;
  const codes = from + (hasLeast ? 4 : 2);
  for (let i: usize = 0; i < 16; i++) {
    const pair = load<u8>(codes + i) as i32;
    const low = pair & 15;
    const high = pair >> 4;
    store<f32>(to + (i << 2), hasLeast ? (low as f32) * scale + least : ((low - 8) as f32) * scale);
    store<f32>(to + (i << 2), hasLeast ? (high as f32) * scale + least : ((high - 8) as f32) * scale, 64);
  }
}

/** A block of 256 values in eight groups with 6-bit scales and minima: `(d * scale) * code - dMin * minimum`. */
function unpackQ4K(from: usize, to: usize): void {
  const d = half(from);
  const dMin = half(from + 2);
  const packed = from + 4;
  let codes = from + 16;
  for (let group = 0; group < 8; group += 2) {
    const scaleLow = d * (scaleQ4K(packed, group) as f32);
    const leastLow = dMin * (leastQ4K(packed, group) as f32);
    const scaleHigh = d * (scaleQ4K(packed, group + 1) as f32);
    const leastHigh = dMin * (leastQ4K(packed, group + 1) as f32);
    for (let i: usize = 0; i < 32; i++) {
      const pair = load<u8>(codes + i) as i32;
      store<f32>(to + (i << 2), scaleLow * ((pair & 15) as f32) - leastLow);
      store<f32>(to + (i << 2), scaleHigh * ((pair >> 4) as f32) - leastHigh, 128);
    }
    codes += 32;
    to += 256;
  }
}

function scaleQ4K(packed: usize, group: i32): i32 {
  const at = packed + (group as usize);
  if (group < 4) return (load<u8>(at) as i32) & 63;
  return ((load<u8>(at, 4) as i32) & 15) | (((load<u8>(at - 4) as i32) >> 6) << 4);
}

function leastQ4K(packed: usize, group: i32): i32 {
  const at = packed + (group as usize);
  if (group < 4) return (load<u8>(at, 4) as i32) & 63;
  return ((load<u8>(at, 4) as i32) >> 4) | (((load<u8>(at) as i32) >> 6) << 4);
}

/** A block of 256 values in sixteen groups with 8-bit scales: `(d * scale) * (code - 32)`, codes of 4 low and 2 high bits. */
function unpackQ6K(from: usize, to: usize): void {
  const d = half(from + 208);
  for (let i = 0; i < 256; i++) {
    const part = i >> 7; // of 128 values: 64 bytes of low bits, 32 of high ones
    const inPart = i & 127;
    const quarter = inPart >> 5;
    const low = load<u8>(from + ((part << 6) as usize) + ((inPart & 63) as usize)) as i32;
    const high = load<u8>(from + 128 + ((part << 5) as usize) + ((inPart & 31) as usize)) as i32;
    const code = ((quarter < 2 ? low & 15 : low >> 4) | (((high >> (quarter << 1)) & 3) << 4)) - 32;
    const scale = d * (load<i8>(from + 192 + ((i >> 4) as usize)) as f32);
    store<f32>(to + bytes(i), scale * (code as f32));
  }
}
