import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sealRecord } from "../../../results/src/checksum.js";
import { syntheticRecord } from "../../../results/test/record-factory.js";
import { glue, type Row } from "./row.js";

const read = (path: string): Buffer => readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)));
const config = JSON.parse(read("families/t5/test/fixtures/t5-v1_1/config.json").toString()) as object;
const weights = read("families/t5/test/fixtures/t5-v1_1/model.safetensors");
const tokenizer = read("families/t5/presets/t5-tiny-random/tokenizer.json");
const whole = {
  "ck/config.json": JSON.stringify(config),
  "ck/model.safetensors": weights,
  "ck/tokenizer.json": tokenizer,
};
const nul = Buffer.alloc(2000);
const nested = (depth: number): string => "[".repeat(depth);

/** What is wrong with a table, as a change of its text. */
const tables: readonly (readonly [string, (text: string) => string | Uint8Array | null])[] = [
  ["absent", () => null],
  ["empty", () => ""],
  ["only line ends", () => "\n\n\n"],
  ["only a header", (text) => text.slice(0, text.indexOf("\n") + 1)],
  ["NUL bytes", () => nul],
  ["binary", () => weights.subarray(0, 4000)],
  ["JSON", () => '{"sentence": "x"}'],
  ["commas for tabs", (text) => text.replaceAll("\t", ",")],
  ["a row too short", (text) => `${text}one cell only\n`],
  ["a row too long", (text) => `${text}a\tb\tc\td\te\tf\tg\n`],
  ["no label column", (text) => text.replace("label", "lable")],
  ["a label of another task", (text) => text.replace(/\t(?:[01]|not_entailment|entailment)\n/, "\tneutral\n")],
  ["an empty label", (text) => text.replace(/\t(?:[01]|not_entailment|entailment)\n/, "\t\n")],
  ["a label with a space", (text) => text.replace(/\t(?:[01]|not_entailment|entailment)\n/, "\t1 \n")],
  ["UTF-16", (text) => Buffer.from(text, "utf16le")],
  ["no header", (text) => text.slice(text.indexOf("\n") + 1)],
  ["HTML of a proxy", () => "<!doctype html><title>Sign in</title>"],
];

/** Rows on GLUE's files; `text` is a file's whole content. */
export const dataRows = (text: (path: string) => string): Row[] =>
  [
    ["sst2", "SST-2"],
    ["rte", "RTE"],
  ].flatMap(([task, folder]) =>
    ["train", "dev"].flatMap((split) =>
      tables.map(([what, change]): Row => {
        const path = `glue/${folder}/${split}.tsv`;
        return {
          kind: "data",
          title: `${path}: ${what}`,
          args: glue(`--tasks=${task}`),
          files: { [path]: change(text(path)) },
        };
      }),
    ),
  );

const fields = ["d_model", "d_kv", "d_ff", "num_layers", "num_heads", "vocab_size", "relative_attention_num_buckets"];
const values: readonly unknown[] = [0, -1, 1.5, "512", null, [], {}, true];
const onCheckpoint = (title: string, files: Row["files"]): Row => ({
  ...{ kind: "checkpoint", title, args: glue("--backbone", "ck"), files: { ...whole, ...files } },
});

export const checkpointRows: readonly Row[] = [
  ...fields.flatMap((field) =>
    values
      .filter((value) => !(value === null && field === "relative_attention_num_buckets"))
      .map((value) =>
        onCheckpoint(`config.json ${field} ${JSON.stringify(value)}`, {
          "ck/config.json": JSON.stringify({ ...config, [field]: value }),
        }),
      ),
  ),
  ...fields.map((field) =>
    onCheckpoint(`config.json ${field} 1e9`, { "ck/config.json": JSON.stringify({ ...config, [field]: 1e9 }) }),
  ),
  ...["", "{", "[]", "null", '"x"', nested(50_000), nul].map((text, at) =>
    onCheckpoint(`config.json damaged, ${at + 1}`, { "ck/config.json": text }),
  ),
  ...["", "{", "[]", "null", "{}", nested(50_000), nul, '{"model":{"type":"Unigram","unk_id":9,"vocab":[]}}'].map(
    (text, at) => onCheckpoint(`tokenizer.json damaged, ${at + 1}`, { "ck/tokenizer.json": text }),
  ),
  ...[0, 7, 8, 100, 3000, weights.length - 1].map((length) =>
    onCheckpoint(`model.safetensors cut to ${length} bytes`, { "ck/model.safetensors": weights.subarray(0, length) }),
  ),
  onCheckpoint("model.safetensors with a byte too many", {
    "ck/model.safetensors": Buffer.concat([weights, Buffer.alloc(1)]),
  }),
  onCheckpoint("model.safetensors of NUL bytes", { "ck/model.safetensors": nul }),
  onCheckpoint("a huge header length", { "ck/model.safetensors": Buffer.concat([Buffer.alloc(8, 0xff), weights]) }),
  ...Object.keys(whole).map((path) => onCheckpoint(`no ${path}`, { [path]: null })),
];

const suite = {
  name: "mine",
  methods: [{ method: "bitfit" }],
  tasks: ["sst2"],
  backbone: "t5-tiny-random",
  data: "glue",
};
const onSuite = (title: string, text: string | Uint8Array): Row => ({
  ...{
    kind: "suite",
    title,
    args: ["glue", "--suite", "mine.json", "--out", "out", "--quiet"],
    files: { "mine.json": text },
  },
});
const wrong: readonly unknown[] = [null, 5, "", [], {}, [{}]];

export const suiteRows: readonly Row[] = [
  ...["name", "methods", "tasks", "backbone"].flatMap((key) =>
    wrong.map((value) => onSuite(`suite ${key}: ${JSON.stringify(value)}`, JSON.stringify({ ...suite, [key]: value }))),
  ),
  ...["seeds", "settings", "taskSettings", "device"].flatMap((key) =>
    [5, "", [{}], [null]].map((value) =>
      onSuite(`suite ${key}: ${JSON.stringify(value)}`, JSON.stringify({ ...suite, [key]: value })),
    ),
  ),
  ...["epochs", "batchSize", "learningRate", "schedule", "dropout", "nope", "constructor"].flatMap((key) =>
    [-1, "x", {}].map((value) =>
      onSuite(
        `suite settings.${key}: ${JSON.stringify(value)}`,
        JSON.stringify({ ...suite, settings: { [key]: value } }),
      ),
    ),
  ),
  ...["", "{", "null", "[]", "5", nested(50_000), nul, "\ufeff{}"].map((text, at) =>
    onSuite(`suite damaged, ${at + 1}`, text),
  ),
  ...['{"a":'.repeat(20_000), `{"name":"${"x".repeat(100_000)}"}`].map((text, at) =>
    onSuite(`suite large, ${at + 1}`, text),
  ),
];

const modules: readonly (readonly [string, string, string?])[] = [
  ["empty", ""],
  ["a syntax error", "export default {"],
  ["no default", "export const a = 1;"],
  ["a number", "export default 5;"],
  ["null", "export default null;"],
  ["an empty object", "export default {};"],
  ["a function", "export default () => {};"],
  ["another spec version", 'export default { specVersion: "v9", name: "m", parse: (x) => x, attach: () => ({}) };'],
  ["a throwing module", 'throw new Error("no");'],
  ["a module that throws a string", 'throw "no";'],
  [
    "parse throws",
    'export default { specVersion: "v1", name: "m", paper: { title: "t", url: "u" }, parse() { throw new Error("p"); }, attach: () => ({}) };',
  ],
  [
    "attach throws",
    'export default { specVersion: "v1", name: "m", paper: { title: "t", url: "u" }, parse: (x) => x, attach() { throw new Error("a"); } };',
  ],
  [
    "attach gives nothing",
    'export default { specVersion: "v1", name: "m", paper: { title: "t", url: "u" }, parse: (x) => x, attach: () => undefined };',
  ],
  ["a missing import", 'import "nowhere-at-all"; export default {};'],
];

export const methodRows: readonly Row[] = modules.map(([what, source]) => ({
  ...{
    kind: "method",
    title: `a method's module: ${what}`,
    args: glue("--methods", "./m.mjs"),
    files: { "m.mjs": source },
  },
}));

const record = syntheticRecord();
const sealed = sealRecord(record);
const records: readonly (readonly [string, string | Uint8Array, string?])[] = [
  ["empty", ""],
  ["cut in half", sealed.slice(0, sealed.length / 2)],
  ["one character changed", sealed.replace("61.5", "99.5")],
  ["no checksum", JSON.stringify(record)],
  ["null", "null"],
  ["an array", "[]"],
  ["a string", '"x"'],
  ["NUL bytes", nul],
  ["deep arrays", nested(50_000)],
  ["deep objects", '{"a":'.repeat(20_000)],
  ["a closed deep array", nested(8000) + "]".repeat(8000)],
  ["a newer schema", sealRecord({ ...record, schemaVersion: 99 })],
  ["an older schema", sealRecord({ ...record, schemaVersion: 1 })],
  ["no schema", sealRecord({ ...record, schemaVersion: undefined })],
  ["a schema that is text", sealRecord({ ...record, schemaVersion: "2" })],
  ...Object.keys(record).map((key): [string, string] => [
    `${key} of another type`,
    sealRecord({ ...record, [key]: ["x"] }),
  ]),
  ...["id", "status", "run", "startedAt"].map((key): [string, string] => [
    `no ${key}`,
    sealRecord({ ...record, [key]: undefined }),
  ]),
];

export const recordRows: readonly Row[] = records.flatMap(([what, text]) => ({
  ...{
    kind: "record" as const,
    title: `a record: ${what}`,
    args: ["report", "old"],
    files: { "old/runs/alpha.json": text },
  },
}));
