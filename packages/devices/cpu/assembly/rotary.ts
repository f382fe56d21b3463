import { bytes, float, int, pointer } from "./job";
import { loadPart, storePart } from "./math";

/**
 * Turns the halves x1 and x2 of each head: `x1 cos - x2 sin` and `x2 cos + x1 sin`, of a row of the table, `[cos ; sin]`, for the token's
 * position. Units are tokens. Slots: x, positions, table, y, heads, half of a head's channels, 1 or -1 to turn back.
 */
export function rotary(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const heads = int(job, 4);
  const half = int(job, 5);
  const direction = f32x4.splat(float(job, 6));
  const rest = half & 3;
  const whole = half - rest;
  const last = bytes(whole);
  for (let token = begin; token < end; token++) {
    const position = load<i32>(pointer(job, 1) + bytes(token)) as usize;
    const cosines = pointer(job, 2) + position * bytes(2 * half);
    const sines = cosines + bytes(half);
    let at = (token as usize) * bytes(2 * heads * half);
    for (let head = 0; head < heads; head++) {
      const x1 = pointer(job, 0) + at;
      const x2 = x1 + bytes(half);
      const y1 = pointer(job, 3) + at;
      const y2 = y1 + bytes(half);
      for (let i = 0; i < whole; i += 4) {
        const a = v128.load(x1 + bytes(i));
        const b = v128.load(x2 + bytes(i));
        const cos = v128.load(cosines + bytes(i));
        const sin = f32x4.mul(v128.load(sines + bytes(i)), direction);
        v128.store(y1 + bytes(i), f32x4.sub(f32x4.mul(a, cos), f32x4.mul(b, sin)));
        v128.store(y2 + bytes(i), f32x4.add(f32x4.mul(b, cos), f32x4.mul(a, sin)));
      }
      if (rest > 0) {
        const a = loadPart(x1 + last, rest, 0);
        const b = loadPart(x2 + last, rest, 0);
        const cos = loadPart(cosines + last, rest, 0);
        const sin = f32x4.mul(loadPart(sines + last, rest, 0), direction);
        storePart(y1 + last, rest, f32x4.sub(f32x4.mul(a, cos), f32x4.mul(b, sin)));
        storePart(y2 + last, rest, f32x4.add(f32x4.mul(b, cos), f32x4.mul(a, sin)));
      }
      at += bytes(2 * half);
    }
  }
}
