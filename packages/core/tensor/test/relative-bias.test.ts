import { beforeAll, expect, test } from "vitest";
import { tf } from "../src/index.js";
import { relativeBias, relativeBucket } from "../src/ops/relative-bias.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

test("distances get a bucket each up to half the buckets, then logarithmically wider ones", () => {
  const before = [0, 1, 7, 8, 11, 12, 16, 32, 64, 127, 128, 1000].map((back) => relativeBucket(-back, true, 32, 128));
  // 8 + floor(8 ln(length / 8) / ln(128 / 8)), at most 15
  expect(before).toEqual([0, 1, 7, 8, 8, 9, 10, 12, 14, 15, 15, 15]);
  for (let distance = 1; distance <= 300; distance++) {
    expect(relativeBucket(distance, true, 32, 128)).toBe(16 + relativeBucket(-distance, true, 32, 128));
    expect(relativeBucket(distance, false, 32, 128)).toBe(0);
    expect(relativeBucket(-distance, false, 8, 20)).toBeLessThan(8);
  }
});

test("a bias is the table's row of the bucket, and queries are the last positions", async () => {
  const table = tf.tensor2d(
    Array.from({ length: 16 }, (_, index) => index),
    [8, 2],
  );
  const all = { queries: 5, keys: 5, maxDistance: 20, isBidirectional: false };
  const whole = (await relativeBias(table, all).array()) as number[][][];
  const last = (await relativeBias(table, { ...all, queries: 1 }).array()) as number[][][];
  for (const head of [0, 1]) {
    expect(whole[head]![4]).toEqual([4, 3, 2, 1, 0].map((back) => 2 * relativeBucket(-back, false, 8, 20) + head));
    expect(last[head]).toEqual([whole[head]![4]]);
  }
});
