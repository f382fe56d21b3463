// A backbone of a published geometry with random weights, and a batch of it without padding: for programs that time or count steps.
import { fileURLToPath } from "node:url";
import { findGeometry } from "@petl/bench";
import { seededRandom } from "@petl/tensor";
import { disposeBatch, makeBatch } from "@petl/trainer";

const here = fileURLToPath(new URL(".", import.meta.url));

/** A geometry by its published name, such as `t5-base`, and how it answers: a BERT by a head of two classes. */
export async function geometryOf(name) {
  const { family, config } = await findGeometry(name, here, {});
  const { definition } = family;
  return { name, family: definition, config, hasHead: definition.scorings[0].scoring === "head" };
}

/** The fields of `config.json`, for transformers. */
export const configFields = ({ family, config }) => family.configFields(config);

/** Width of READ's state by default, as @petl/method-read's README gives it. */
export function readHidden({ config: { modelWidth } }) {
  return Math.min(256, 8 * Math.ceil(modelWidth / 24));
}

/** The backbone on the current device. The caller disposes it. */
export function randomBackbone({ name, family, config, hasHead }) {
  const random = seededRandom(1);
  const model = family.build(name, config, family.initialise(config, random.fork("weights"), "trained"));
  return hasHead ? model.withHead({ kind: "classes", outputs: 2 }, random.fork("head")) : model;
}

/**
 * Examples of random ids: a source of `tokens`, and an answer of `targets` tokens where there is no head. A decoder reads source and
 * answer in one row, of `tokens` in all that it computes on.
 */
export function randomExamples({ config, family, hasHead }, { count, tokens, targets }, seed = 2) {
  const random = seededRandom(seed);
  const ids = (length) => [...random.integers(length, config.vocabularySize - 100)].map((id) => id + 2);
  const sourceTokens = family.name === "llama" ? tokens + 1 - targets : tokens;
  return Array.from({ length: count }, (_, index) => ({
    source: ids(sourceTokens),
    target: hasHead ? [] : ids(targets),
    value: hasHead ? index % 2 : undefined,
  }));
}

/** Runs `scope` with the tensors of one such batch. */
export async function withBatch(geometry, backbone, { batch, tokens, targets }, scope) {
  const made = makeBatch(randomExamples(geometry, { count: batch, tokens, targets }), backbone);
  try {
    return await scope(made);
  } finally {
    disposeBatch(made);
  }
}
