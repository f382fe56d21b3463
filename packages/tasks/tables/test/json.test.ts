import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { folderOf, refusal, tableOf } from "./files.js";

const fileOf = (name: string, content: string | Uint8Array) => join(folderOf({ [name]: content }), name);

describe("JSON lines", () => {
  test("values of every kind; a missing key is null, columns come in the order in which their keys do", async () => {
    const content = '\ufeff{"b":1,"a":"é\\n"}\r\n{"c":[1,{"d":null}],"b":true}\n\n';
    const { read, columns, places } = await tableOf(fileOf("a.jsonl", content));
    expect(columns).toEqual([{ name: "b" }, { name: "a" }, { name: "c" }]);
    expect(read).toEqual([
      { b: 1, a: "é\n", c: null },
      { b: true, a: null, c: [1, { d: null }] },
    ]);
    expect(places).toEqual(["a.jsonl:1", "a.jsonl:2"]);
    expect((await tableOf(fileOf("a.ndjson.gz", gzipSync('{"a":1}')))).read).toEqual([{ a: 1 }]);
  });

  test("keys of the first 1,000 rows are columns, a later new key is refused", async () => {
    const lines = (rows: number, last: string) => `${'{"a":1}\n'.repeat(rows)}${last}\n`;
    expect((await tableOf(fileOf("a.jsonl", lines(999, '{"b":2}')))).columns).toHaveLength(2);
    expect(await refusal(fileOf("a.jsonl", lines(1000, '{"b":2}')))).toBe(
      'E_TABLE_COLUMNS a.jsonl:1001: a key that no earlier row has: expected the keys of the first 1,000 rows, got "b"; add the key, with null, to the first row',
    );
  });

  test.each([
    [
      '{"a":1}\n{"a":\n',
      'E_TABLE_ROW a.jsonl:2: the line is not JSON: expected a JSON object, got "{\\"a\\":"; write one whole',
    ],
    ['{"a":NaN}\n', "a.jsonl:1: the line is not JSON"],
    ["{'a':1}\n", "a.jsonl:1: the line is not JSON"],
    ['{"a":1}\n\n{"a":1}\n', "a.jsonl:2: the line is not JSON: expected a JSON object, got an empty line"],
    ["[1]\n", "a.jsonl:1: the row is no object: expected one object per row, got an array"],
    ["null\n", "a.jsonl:1: the row is no object: expected one object per row, got null"],
    ["3\n", "a.jsonl:1: the row is no object: expected one object per row, got a number"],
    ['{"a":{"b":[1,-1e999]}}\n', "E_TABLE_VALUE a.jsonl:1: the number is out of range: expected a finite number"],
    [
      '{"__proto__":1}\n',
      'E_TABLE_VALUE a.jsonl:1: a key has a name that JavaScript reserves: expected any other key, got "__proto__"',
    ],
    ['{"a":{"__proto__":1}}\n', "a.jsonl:1: a key has a name that JavaScript reserves"],
    ['{"":1}\n', "E_TABLE_COLUMNS a.jsonl: column 1 has no name"],
    [`{"a":${"[".repeat(300)}${"]".repeat(300)}}\n`, "a.jsonl:1: the line is not JSON"],
    ["", "E_TABLE_COLUMNS a.jsonl: the table has no columns"],
    ["{}\n", "E_TABLE_COLUMNS a.jsonl: the table has no columns"],
  ])("%j is refused", async (content, message) => {
    expect(await refusal(fileOf("a.jsonl", content))).toContain(message);
  });

  test("bytes that are not UTF-8 are refused with their line", async () => {
    const latin = Buffer.concat([Buffer.from('{"a":1}\n{"a":"'), Buffer.from([0xe9]), Buffer.from('"}\n')]);
    expect(await refusal(fileOf("a.jsonl", latin))).toContain("E_TABLE_ENCODING a.jsonl:2: the file is not UTF-8");
  });
});

describe("JSON", () => {
  test("one array of objects, on one line of any length or on many", async () => {
    const long = "x".repeat(2 ** 24);
    const { read, places } = await tableOf(fileOf("a.json", JSON.stringify([{ a: 1 }, { b: long }])));
    expect(read).toEqual([
      { a: 1, b: null },
      { a: null, b: long },
    ]);
    expect(places).toEqual(["a.json row 1", "a.json row 2"]);
    expect((await tableOf(fileOf("a.json", '[\n {"a": 1},\n {"a": 2}\n]\n'))).rows).toBe(2);
  });

  test.each([
    ['{"a":1}\n{"a":2}\n', "E_TABLE_ROW a.json: the file is not JSON: expected one array of objects, got"],
    [
      '{"a":1}',
      "E_TABLE_ROW a.json: the file is no array: expected one array of objects, got a object; name a file with one object per line .jsonl",
    ],
    ['[{"a":1},2]', "E_TABLE_ROW a.json row 2: the row is no object: expected one object per row, got a number"],
    ["[]", "the table has no columns"],
  ])("%j is refused", async (content, message) => {
    expect(await refusal(fileOf("a.json", content))).toContain(message);
  });

  test("more than 128 MiB are refused, though packed they are few", async () => {
    const packed = gzipSync(Buffer.alloc(2 ** 27 + 2 ** 21, " "));
    expect(await refusal(fileOf("a.json.gz", packed))).toContain("E_TABLE_SIZE a.json.gz: the JSON file is too large");
  });
});
