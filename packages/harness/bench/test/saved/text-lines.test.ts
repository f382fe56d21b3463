import { expect, test } from "vitest";
import { exampleOf, lineBatches } from "../../src/saved/text-lines.js";

const one = { fields: ["sentence"] };
const two = { fields: ["premise", "hypothesis"] };

async function batches(chunks: readonly (string | Uint8Array)[], most: number): Promise<string[][]> {
  const found: string[][] = [];
  for await (const batch of lineBatches(chunksOf(chunks), most)) found.push(batch);
  return found;
}

async function* chunksOf(chunks: readonly (string | Uint8Array)[]) {
  yield* chunks;
}

test("lines come in batches as they arrive, cut at no chunk and in no character", async () => {
  const bytes = new TextEncoder().encode("über\nzwei\n");
  expect(await batches([bytes.subarray(0, 1), bytes.subarray(1)], 8)).toEqual([["über", "zwei"]]);
  expect(await batches(["a\nb\nc\nd", "e\nf"], 2)).toEqual([["a", "b"], ["c"], ["de"], ["f"]]);
  expect(await batches([""], 2)).toEqual([]);
});

test("bytes that are no UTF-8 and a line without end are refused with their number", async () => {
  await expect(batches([new TextEncoder().encode("a\n"), new Uint8Array([0xff, 10])], 8)).rejects.toMatchObject({
    code: "E_TEXT_INVALID",
    message: expect.stringMatching(/^line 2: expected text in UTF-8/),
  });
  await expect(batches(["x".repeat((1 << 20) + 1)], 8)).rejects.toThrow(/^line 1: expected at most 1,048,576/);
});

test("a line is plain text, or a JSON object with the task's fields", () => {
  expect(exampleOf("a calm sea\r", 1, one)).toEqual({
    index: 0,
    label: undefined,
    sentences: { sentence: "a calm sea" },
  });
  expect(exampleOf("it rains\tit is wet", 2, two).sentences).toEqual({ premise: "it rains", hypothesis: "it is wet" });
  const object = JSON.stringify({ hypothesis: "it is wet", premise: "it\trains", idx: 7 });
  expect(exampleOf(object, 1, two).sentences).toEqual({ premise: "it\trains", hypothesis: "it is wet" });
});

test.each([
  ["", one, "line 4: expected one text, sentence, without a tab, got an empty line"],
  ["a\tb", one, "line 4: expected one text, sentence, without a tab, got 2"],
  ["a", two, "line 4: expected 2 texts, premise and hypothesis, with a tab between them, got 1"],
  ["{", one, "line 4: expected a JSON object, since it begins with {"],
  ['{"text": "a"}', one, "line 4: expected a text as sentence, got text"],
  ['{"sentence": 3}', one, "line 4: expected a text as sentence, got 3"],
  ["{}", one, "line 4: expected a text as sentence, got no field"],
])("the line %j is refused in one line that says what is wrong", (line, task, message) => {
  expect(() => exampleOf(line, 4, task)).toThrow(message);
});
