import { expect, test } from "vitest";
import { fieldsWithNumbers, jsonText, jsonTextAs } from "../src/config-text/numbers.js";

const original = `{"initializer_factor": 1.0, "layers": 2, "eps": 1e-06, "big": 12345678901234567890,
  "name": "say \\"1.0\\" or 2", "rope_scaling": {"factor": 8.0, "rope_theta": 10000.0}, "ids": [1, 2.0], "none": null}`;

test("numbers are written as they were read, whatever they are and wherever they stand", () => {
  const text = jsonText(fieldsWithNumbers(original));
  expect(text.replace(/\s+/g, "")).toBe(`${original.replace(/\s+/g, "")}`);
  expect(text.endsWith("}\n")).toBe(true);
});

test("other fields get the text of an equal number of the same name, and keep theirs otherwise", () => {
  const fields = {
    initializer_factor: 1,
    layers: 3,
    eps: 1e-6,
    name: "1",
    rope_parameters: { rope_theta: 10_000, factor: 4 },
  };
  expect(jsonTextAs(fields, original).replace(/\s+/g, "")).toBe(
    '{"initializer_factor":1.0,"layers":3,"eps":1e-06,"name":"1","rope_parameters":{"rope_theta":10000.0,"factor":4}}',
  );
  expect(jsonTextAs({ a: 1.5, b: [2], c: "x" }, "{}")).toBe(`${JSON.stringify({ a: 1.5, b: [2], c: "x" }, null, 2)}\n`);
});
