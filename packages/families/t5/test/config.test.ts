import { expect, test } from "vitest";
import { geometries, huggingFaceConfig } from "../src/index.js";

const t5Small = { vocab_size: 32_128, d_model: 512, d_kv: 64, d_ff: 2048, num_layers: 6, num_heads: 8 };

test("R4, R5: a geometry that no machine could hold is refused, field by field", () => {
  const counts = ["num_decoder_layers", "relative_attention_num_buckets", "relative_attention_max_distance"];
  for (const field of [...Object.keys(t5Small), ...counts])
    for (const value of [1e7 + 1, 1e9, Number.MAX_SAFE_INTEGER])
      expect(huggingFaceConfig.safeParse({ ...t5Small, [field]: value }).success, `${field} ${value}`).toBe(false);
});

test("every published geometry is within the bounds", () => {
  expect(huggingFaceConfig.parse(t5Small)).toEqual(geometries["t5-small"]);
  const largest = { vocab_size: 250_112, d_model: 4096, d_kv: 128, d_ff: 65_536, num_layers: 64, num_heads: 128 };
  expect(huggingFaceConfig.safeParse(largest).success).toBe(true);
});
