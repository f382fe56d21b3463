import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { folderOf, refusal, tableOf } from "./files.js";

const fileOf = (name: string, content: string | Uint8Array) => join(folderOf({ [name]: content }), name);
const valuesOf = async (content: string) =>
  (await tableOf(fileOf("a.csv", content))).read.map((row) => Object.values(row as object));

describe("CSV", () => {
  test("fields in quotes hold commas, quotes and line breaks; a row's place is the line on which it starts", async () => {
    const content = 'text,label\r\n"a, ""b""",1\r\n"one\ntwo\r\nthree",2\r\n"",3\r\n end , 4';
    const { read, places, columns, rows, sha256 } = await tableOf(fileOf("a.csv", content));
    expect(columns).toEqual([{ name: "text" }, { name: "label" }]);
    expect(read).toEqual([
      { text: 'a, "b"', label: "1" },
      { text: "one\ntwo\r\nthree", label: "2" },
      { text: "", label: "3" },
      { text: " end ", label: " 4" },
    ]);
    expect(places).toEqual(["a.csv:2", "a.csv:3", "a.csv:6", "a.csv:7"]);
    expect(rows).toBe(4);
    expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
  });

  test("LF, CRLF, no end of the last line, empty lines at the end and a byte order mark make no difference", async () => {
    const rows = [
      ["é𝄞", "\u2028"],
      ["nan", "null"],
    ];
    for (const content of [
      "a,b\né𝄞,\u2028\nnan,null",
      "\ufeffa,b\r\né𝄞,\u2028\r\nnan,null\r\n",
      "a,b\né𝄞,\u2028\r\nnan,null\n\n\r\n",
    ])
      expect(await valuesOf(content)).toEqual(rows);
    expect((await tableOf(fileOf("a.csv", '\ufeff"a",b\n1,2'))).columns[0]).toEqual({ name: "a" });
  });

  test("a byte order mark, and a carriage return, inside a file are text", async () => {
    expect(await valuesOf("a\n\ufeffx\ny\rz\n")).toEqual([["\ufeffx"], ["y\rz"]]);
  });

  test("characters and rows that cross the ends of chunks stay whole", async () => {
    const long = "é𝄞".repeat(300_001);
    expect(await valuesOf(`a,b\nx,${long}\n"${long}\n",y\n`)).toEqual([
      ["x", long],
      [`${long}\n`, "y"],
    ]);
  });

  test("a table may have no rows", async () => {
    const { rows, columns } = await tableOf(fileOf("a.csv", "a,b\n"));
    expect([rows, columns]).toEqual([0, [{ name: "a" }, { name: "b" }]]);
  });

  test.each([
    [
      "",
      "E_TABLE_COLUMNS a.csv: the table has no header: expected a first row with the columns' names, got an empty file",
    ],
    [
      "a,,b\n",
      'E_TABLE_COLUMNS a.csv: column 2 has no name: expected different names, got ""; give every column a name of its own',
    ],
    [
      "a,b,a\n",
      'E_TABLE_COLUMNS a.csv: two columns have the same name: expected different names, got "a"; give every column a name of its own',
    ],
    ["a,__proto__\n", "a name that JavaScript reserves"],
    [
      'a,b\n1,2\n"x\ny",2\n1,2,3\n',
      "E_TABLE_ROW a.csv:5: wrong number of fields: expected 2 separated by commas, got 3; put a field",
    ],
    ["a,b\n1\n", "E_TABLE_ROW a.csv:2: wrong number of fields: expected 2 separated by commas, got 1"],
    ["a,b\n1,2\n\n3,4\n", "E_TABLE_ROW a.csv:3: the line is empty"],
    ["a\n1\n\r\n\n3\n", "E_TABLE_ROW a.csv:3: the line is empty"],
    [
      'a,b\n1,2\n3,"4\n5,6\n',
      'E_TABLE_ROW a.csv:3: bad quotes: expected quoted fields as in "say ""hi""", quotes nowhere else, got a quote that is never closed',
    ],
    ['a,b\n"x"y,2\n', "E_TABLE_ROW a.csv:2: bad quotes"],
    ['a,b\nx"y,2\n', "E_TABLE_ROW a.csv:2: bad quotes"],
  ])("%j is refused", async (content, message) => {
    expect(await refusal(fileOf("a.csv", content))).toContain(message);
  });

  test("bytes that are not UTF-8 are refused with their line", async () => {
    const latin = Buffer.concat([Buffer.from("a\né\n"), Buffer.from([0xe9, 0x0a])]);
    expect(await refusal(fileOf("a.csv", latin))).toBe(
      "E_TABLE_ENCODING a.csv:3: the file is not UTF-8: expected UTF-8, got other bytes; convert the file to UTF-8, for example with iconv",
    );
    expect(await refusal(fileOf("a.csv", Buffer.from("a\nx\né").subarray(0, -1)))).toContain(
      "a.csv:3: the file is not UTF-8",
    );
  });

  test("a row of more than 16 MiB is refused, on one line or in quotes", async () => {
    const long = "x".repeat(2 ** 24 + 10);
    expect(await refusal(fileOf("a.csv", `a\n1\n${long}`))).toContain("a.csv:3: the row does not end");
    const lines = `"${"x\n".repeat(2 ** 23 + 10)}"`;
    expect(await refusal(fileOf("a.csv", `a\n1\n${lines}`))).toContain("a.csv:3: the row does not end");
  });
});

describe("TSV", () => {
  test("quotes are text unless asked for, commas always", async () => {
    const file = fileOf("a.tsv", 'a\tb\n"x\ty"",z\n');
    expect((await tableOf(file)).read).toEqual([{ a: '"x', b: 'y"",z' }]);
    expect(await refusal(file, { quotes: true })).toContain("bad quotes");
    const quoted = fileOf("a.tsv", 'a\tb\n"x\ty"\t"z\n"\n');
    expect((await tableOf(quoted, { quotes: true })).read).toEqual([{ a: "x\ty", b: "z\n" }]);
    expect(await refusal(quoted)).toContain(
      "a.tsv:2: wrong number of fields: expected 2 separated by tabs, got 3; were fields put in quotes? then read the file with quotes",
    );
  });
});

describe("gzip", () => {
  test("a compressed file reads as the plain one; its digest is of the compressed bytes", async () => {
    const packed = gzipSync("a,b\n1,2\n");
    const { read, sha256, places } = await tableOf(fileOf("a.csv.gz", packed));
    expect([read, places]).toEqual([[{ a: "1", b: "2" }], ["a.csv.gz:2"]]);
    expect(sha256).toBe(createHash("sha256").update(packed).digest("hex"));
  });

  test("damaged data are refused, and a long line that is small when packed", async () => {
    const packed = gzipSync("a,b\n1,2\n".repeat(1000));
    expect(await refusal(fileOf("a.csv.gz", packed.subarray(0, -4)))).toContain(
      "E_TABLE_DAMAGED a.csv.gz: the file is not whole gzip",
    );
    expect(await refusal(fileOf("a.csv.gz", "a,b\n"))).toContain(
      "E_TABLE_DAMAGED a.csv.gz: the file is not whole gzip",
    );
    const bomb = gzipSync(Buffer.alloc(2 ** 28, "x"));
    expect(await refusal(fileOf("a.jsonl.gz", bomb))).toContain("a.jsonl.gz:1: the row does not end");
  });
});
