import { type Activation, type Attachment, AttachmentError, ConfigError, defineMethod } from "@petl/spec";
import { tf } from "@petl/tensor";
import { disposeBatch } from "@petl/trainer";
import { beforeAll, expect, test } from "vitest";
import {
  attachForTest,
  openTestDevice,
  testBackbone,
  testBatch,
  testFamilies,
  testMethod,
  valuesOf,
} from "../src/index.js";

beforeAll(async () => {
  await openTestDevice();
});

const attaching = (attachment: () => Partial<Attachment>) =>
  defineMethod<object>({
    specVersion: "v1",
    name: "example",
    paper: { title: "none", url: "https://example.org" },
    parse: () => ({}),
    attach: () => ({ params: {}, unfrozen: [], hooks: new Map(), ...attachment() }),
  });

const family = testFamilies.find(({ name }) => name === "t5")!;
const stage = { family, head: null };

test("each test backbone is a fresh one with the same weights", async () => {
  const [first, second] = [testBackbone(family), testBackbone(family)];
  expect(await valuesOf(first.params)).toEqual(await valuesOf(second.params));
  first.dispose();
  expect((await second.param("shared.weight").data()).length).toBeGreaterThan(0);
  second.dispose();
});

test("the test batch has sources and targets of different lengths", () => {
  const backbone = testBackbone(family);
  const batch = testBatch(backbone);
  expect(batch.tokens).toBeLessThan(batch.inputs.paddedTokens);
  disposeBatch(batch);
  backbone.dispose();
});

test.each<[string, () => Partial<Attachment>]>([
  ["hooks decoder.9, which is no site", () => ({ hooks: new Map([["decoder.9", (output: Activation) => output]]) })],
  ["unfreezes nothing.weight, which is no tensor", () => ({ unfrozen: ["nothing.weight"] })],
  ["adds shared.weight, a name t5-test already uses", () => ({ params: { "shared.weight": tf.zeros([1]) } })],
])("a method that %s is refused", (message, attachment) => {
  expect(() => attachForTest(stage, attaching(attachment), {})).toThrow(AttachmentError);
  expect(() => attachForTest(stage, attaching(attachment), {})).toThrow(message);
});

/** The smallest method there is: the embedding table, trained in place. */
testMethod({
  ...attaching(() => ({})),
  parse(input) {
    const unknown = Object.keys((input ?? {}) as object)[0];
    if (unknown !== undefined) throw new ConfigError(`example.${unknown}`, "no such setting; known: none");
    return {};
  },
  attach: ({ sites }) => ({
    params: {},
    unfrozen: sites.find(({ kind }) => kind === "embedding")!.params,
    hooks: new Map(),
  }),
});
