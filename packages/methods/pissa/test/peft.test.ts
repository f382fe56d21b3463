import { fileURLToPath } from "node:url";
import { readSafetensors } from "@petl/checkpoint";
import t5 from "@petl/family-t5";
import { largest, openTestDevice, testLayout, testReference } from "@petl/method-testkit";
import { seededRandom, tf } from "@petl/tensor";
import { expect, test } from "vitest";
import pissa from "../src/index.js";
import { principalFactors } from "../src/principal-factors.js";

const file = fileURLToPath(new URL("./fixtures/peft-pissa", import.meta.url));
const parts = { A: "lora_A.weight", B: "lora_B.weight", FirstA: "first_A.weight", FirstB: "first_B.weight" };

testReference(pissa, {
  family: t5,
  file,
  by: "PEFT",
  config: ({ lora: { r, lora_alpha } }: { lora: { r: number; lora_alpha: number } }) => ({
    rank: r,
    alpha: lora_alpha,
  }),
  ours: (read, { publishedNames }) =>
    Object.fromEntries(
      [...publishedNames]
        .filter(([name]) => /ttention\.(query|value)\.weight$/.test(name))
        .flatMap(([name, theirs]) =>
          Object.entries(parts).map(([ours, end]) => [
            name.replace(/weight$/, `pissa${ours}`),
            read(`base_model.model.${theirs.replace(/weight$/, end)}`),
          ]),
        ),
    ),
});

test("the factors it begins with are PEFT's, up to the signs of singular vectors", async () => {
  await openTestDevice();
  const stored = readSafetensors(`${file}.safetensors`);
  const read = (name: string) => tf.tensor2d(stored.read(name), [...stored.info(name).shape] as [number, number]);
  const firsts = stored.names().filter((name) => name.endsWith("first_A.weight"));
  expect(firsts).toHaveLength(16);
  for (const name of firsts) {
    const weight = read(name.replace("method.base_model.model.", "base.").replace("first_A.", ""));
    const { a, b } = principalFactors(weight, { rank: 4, alpha: 8, random: seededRandom(1) });
    const [theirA, theirB] = [read(name), read(name.replace("first_A", "first_B"))];
    const far = async (found: tf.Tensor, expected: tf.Tensor): Promise<number> => {
      const [difference, wanted] = [await tf.sub(found, expected).data(), await expected.data()];
      return largest(difference as Float32Array) / largest(wanted as Float32Array);
    };
    expect(await far(tf.abs(a), tf.abs(theirA))).toBeLessThan(1e-5);
    expect(await far(tf.abs(b), tf.abs(theirB))).toBeLessThan(1e-5);
    expect(await far(tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D), tf.matMul(theirB, theirA))).toBeLessThan(1e-5);
  }
  stored.close();
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(pissa, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
