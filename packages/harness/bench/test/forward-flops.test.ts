import { findGeometry, forwardFlops } from "@petl/bench";
import { defaultSettings } from "@petl/trainer";
import { expect, test } from "vitest";
import { repositoryRoot } from "../../../../scripts/workspace.mjs";

const places = { directory: repositoryRoot };
const sizes = { maxLength: 20, maxTargetLength: 5 };

async function count(arms: readonly { method: string; config: Record<string, unknown> }[], batchSize = 4) {
  const geometry = await findGeometry("t5-tiny", repositoryRoot, places);
  return forwardFlops({ geometry, arms, places, settings: { ...defaultSettings, ...sizes, batchSize } });
}

test("eight more of LoRA's ranks cost two products and a scale of that width for each token and matrix, whatever the batch", async () => {
  const arms = [8, 16].map((rank) => ({ method: "lora", config: { rank } }));
  const [less, more] = await count(arms);
  const [width, layers] = [64, 2];
  const tokens = { encoder: sizes.maxLength, decoder: sizes.maxTargetLength };
  // queries and values: of the encoder; of the decoder; and of its attention to the encoder, whose values are the encoder's tokens
  const rows = layers * (2 * tokens.encoder + 2 * tokens.decoder + tokens.decoder + tokens.encoder);
  expect(more!.flops! - less!.flops!).toBe(rows * 8 * (2 * (width + width) + 1)); // 1: the scale;
  expect(await count(arms, 32)).toEqual([less, more]);
});

test("a method that is not there or does not fit has a reason in place of a number, and the others have theirs", async () => {
  const [gone, wrong, bitfit] = await count([
    { method: "gone", config: {} },
    { method: "lora", config: { rank: -1 } },
    { method: "bitfit", config: {} },
  ]);
  expect(gone).toEqual({ flops: null, reason: expect.stringContaining("gone") });
  expect(wrong).toEqual({ flops: null, reason: expect.stringContaining("rank") });
  expect(bitfit!.flops).toBeGreaterThan(1e6);
});
