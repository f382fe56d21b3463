import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderOf, refusal, tableOf } from "./files.js";

const fixtures = join(import.meta.dirname, "fixtures");
const fixture = (name: string) => join(fixtures, `${name}.parquet`);
const expected = JSON.parse(readFileSync(join(fixtures, "expected.json"), "utf8")) as {
  files: Record<string, string>;
  sets: Record<string, Record<string, unknown>[]>;
};

describe("rows are those that pyarrow reads", () => {
  test.each(Object.entries(expected.files))("%s", async (name, set) => {
    const { read, rows, places } = await tableOf(fixture(name));
    expect(read).toEqual(expected.sets[set]);
    expect(rows).toBe(expected.sets[set]!.length);
    expect(places[rows - 1]).toBe(rows === 0 ? undefined : `${name}.parquet row ${rows}`);
  });

  test("the fixtures have every type, and values in more than one row group", () => {
    expect(Object.keys(expected.sets["types-none-v1"]![0]!)).toHaveLength(29);
    expect(expected.sets["reviews-none"]).toHaveLength(40);
  });
});

test("the class names of Hugging Face datasets are on their columns", async () => {
  const { columns, announced } = await tableOf(fixture("reviews-snappy"));
  expect(columns).toEqual([
    { name: "text" },
    { name: "label", classNames: ["negative", "positive"] },
    { name: "tags" },
  ]);
  expect(announced).toBe(columns);
  const [text, label] = (await tableOf(fixture("datasets"))).columns;
  expect([text, label]).toEqual([{ name: "text" }, { name: "label", classNames: ["no", "yes"] }]);
});

test("one value in thousands of rows is read thousands of times", async () => {
  const { read } = await tableOf(fixture("one-value"));
  expect(read).toHaveLength(5000);
  expect(new Set(read.map((row) => JSON.stringify(row)))).toEqual(new Set(['{"text":"same","label":1}']));
});

test.each([
  ["binary", 'column "image" cannot be read: expected text', "got binary; remove or convert the column"],
  ["decimal", 'column "price" cannot be read', "got decimal;"],
  ["map", 'column "map" cannot be read', "got map;"],
  ["time", 'column "time" cannot be read', "got time;"],
  ["nan", 'refused-nan.parquet row 2: bad number in column "x": expected a finite number or null, got NaN', ""],
  ["prefixes", "the encoding DELTA_BYTE_ARRAY, which is not read", ""],
])("%s is refused with one line", async (name, what, got) => {
  const message = await refusal(fixture(`refused-${name}`));
  expect(message).toContain(what);
  expect(message).toContain(got);
});

test("a page that differs from its checksum is refused", async () => {
  const bytes = readFileSync(fixture("checksums"));
  const at = bytes.indexOf("good");
  bytes[at] = bytes[at]! ^ 1; // still text: only the checksum can tell
  expect(await refusal(join(folderOf({ "a.parquet": bytes }), "a.parquet"))).toContain("differs from its checksum");
});

test("a file that is no Parquet, cut off or encrypted is refused", async () => {
  const bytes = readFileSync(fixture("reviews-none"));
  const encrypted = Buffer.concat([bytes.subarray(0, -4), Buffer.from("PARE")]);
  const folder = folderOf({
    "text.parquet": "text, label\n",
    "cut.parquet": bytes.subarray(0, 3000),
    "e.parquet": encrypted,
  });
  expect(await refusal(join(folder, "text.parquet"))).toContain("does not begin and end with PAR1");
  expect(await refusal(join(folder, "cut.parquet"))).toContain("does not begin and end with PAR1");
  expect(await refusal(join(folder, "e.parquet"))).toContain("it is encrypted");
});
