import { join } from "node:path";
import { expect, test } from "vitest";
import { type MatchOptions, matchTensors, readSafetensors, writeSafetensors } from "../src/index.js";
import { temporaryDirectory } from "./temporary-directory.js";
import { thrownBy } from "./thrown.js";

const expected = [
  { name: "shared.weight", shape: [2, 3] },
  { name: "bias", shape: [3] },
];
const tied: MatchOptions = { tied: [["encoder.embed.weight", "shared.weight"]] };
const shared = [1, 2, 3, 4, 5, 6];

function checkpoint(tensors: Record<string, [shape: number[], values: number[]]>) {
  const path = join(temporaryDirectory(), "model.safetensors");
  const data = Object.entries(tensors).map(([name, [shape, values]]) => [
    name,
    { shape, values: new Float32Array(values) },
  ]);
  writeSafetensors(path, Object.fromEntries(data));
  return readSafetensors(path);
}

test("a checkpoint with exactly the expected tensors matches under their own names", () => {
  const found = checkpoint({ "shared.weight": [[2, 3], shared], bias: [[3], [0, 0, 0]] });
  expect([...matchTensors(expected, found)]).toEqual([
    ["shared.weight", "shared.weight"],
    ["bias", "bias"],
  ]);
});

test("missing, extra and mis-shaped tensors are named together", async () => {
  const found = checkpoint({
    bias: [
      [1, 3],
      [0, 0, 0],
    ],
    surplus: [[1], [0]],
  });
  const error = await thrownBy(() => matchTensors(expected, found));
  expect(error).toMatchObject({ code: "E_TENSORS_DIFFER", file: found.path });
  expect(error.got).toBe(
    '1 missing ("shared.weight" [2, 3]); 1 extra ("surplus"); 1 mis-shaped ("bias" [1, 3] instead of [3])',
  );
});

test("of many differences the count and the first few are shown", async () => {
  const many = Array.from({ length: 9 }, (_, i) => ({ name: `layer.${i}`, shape: [i] }));
  const error = await thrownBy(() => matchTensors(many, checkpoint({})));
  expect(error.got).toMatch(/^9 missing \("layer\.0" \[0\], .*"layer\.4" \[4\] and 4 more\)$/);
});

test("ignored names may be there, given exactly or as a pattern", () => {
  const found = checkpoint({
    "shared.weight": [[2, 3], shared],
    bias: [[3], [0, 0, 0]],
    a1: [[1], [0]],
    a2: [[1], [0]],
  });
  expect(matchTensors(expected, found, { ignore: ["a1", /^a\d$/g] }).size).toBe(2);
});

test("the duplicate of a tied tensor is left out where it is equal, and stands in where it is alone", () => {
  const bias: [number[], number[]] = [[3], [0, 0, 0]];
  const both = checkpoint({ "shared.weight": [[2, 3], shared], "encoder.embed.weight": [[2, 3], shared], bias });
  expect(matchTensors(expected, both, tied).get("shared.weight")).toBe("shared.weight");
  const alone = checkpoint({ "encoder.embed.weight": [[2, 3], shared], bias });
  expect(matchTensors(expected, alone, tied).get("shared.weight")).toBe("encoder.embed.weight");
});

test("the duplicate of a tied tensor is refused where its values or shape differ", async () => {
  const bias: [number[], number[]] = [[3], [0, 0, 0]];
  const values = checkpoint({
    "shared.weight": [[2, 3], shared],
    "encoder.embed.weight": [
      [2, 3],
      [1, 2, 3, 4, 5, 7],
    ],
    bias,
  });
  const error = await thrownBy(() => matchTensors(expected, values, tied));
  expect(error.got).toBe(
    '1 unequal ("encoder.embed.weight" should repeat "shared.weight" but has 7 instead of 6 at element 5)',
  );
  const shape = checkpoint({ "shared.weight": [[2, 3], shared], "encoder.embed.weight": [[3, 2], shared], bias });
  expect((await thrownBy(() => matchTensors(expected, shape, tied))).got).toContain("in another shape");
});
