import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError, loadSuite } from "@petl/bench";
import {
  CheckpointError,
  loadTokenizer,
  openCheckpoint,
  readConfig,
  type TensorSource,
  writeSafetensors,
} from "@petl/checkpoint";
import llamaFamily from "@petl/family-llama";
import { huggingFaceConfig } from "@petl/family-t5";
import { allTasks, checkPredictions, glueReader, predictionsText, submissionFiles } from "@petl/glue";
import { writeSample } from "@petl/glue-sample";
import { MeterError, readTraceCsv, writeTraceCsv } from "@petl/meter";
import { ResultsError, readRecord, writeRecord } from "@petl/results";
import { loadTask, TaskError } from "@petl/task";
import { strToU8, zipSync } from "fflate";
import protobuf from "protobufjs";
import { expect } from "vitest";
import { openRunState, writeRunState } from "../../../packages/harness/bench/src/child/run-state-file.js";
import { lockDirectory } from "../../../packages/harness/bench/src/run/lock.js";
import { readSavedModel } from "../../../packages/harness/bench/src/saved/saved-model.js";
import { sealRecord } from "../../../packages/harness/results/src/checksum.js";
import { syntheticRecord } from "../../../packages/harness/results/test/record-factory.js";
import { parseRow, streamFields } from "../../../packages/measuring/meter/src/gpu/fields.js";
import { unpack } from "../../../packages/tasks/glue/src/download/unpack.js";

/** A parser, and a whole file it reads. */
export interface Target {
  readonly title: string;
  /** Below the folder of the attempt; the mutated bytes are written there. */
  readonly file: string;
  readonly original: Uint8Array;
  /** Classes that the parser may throw. */
  readonly errors: readonly (new (
    ...args: never[]
  ) => Error)[];
  /** Reads the file below `folder`. What else stands there is written once, before the first attempt. */
  parse(folder: string): unknown;
  prepare?(folder: string): void;
  /** Not the file's own, but one beside or above it is what a message names. */
  readonly named?: RegExp;
  /** The parser takes the file over, as a lock's does. */
  readonly mayChange?: boolean;
  /** What the bytes must be after the mutation to get past the outer check, such as a checksum. */
  repair?(bytes: Buffer): Buffer;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const preset = join(root, "packages/families/t5/presets/t5-tiny-random");
const fixture = join(root, "packages/families/t5/test/fixtures/t5-v1_1");
const stored = join(root, "packages/core/checkpoint/test/fixtures/stored");
const llama = join(root, "packages/families/llama/test/fixtures/llama-grouped");
const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value, null, 1));

/** Every target; `folder` is scratch space for making the files. */
export async function makeTargets(folder: string): Promise<Target[]> {
  const made = (name: string): Buffer => readFileSync(join(folder, name));
  return [
    ...checkpointTargets(folder, made),
    ...(await glueTargets(folder, made)),
    ...(await benchTargets(folder, made)),
  ];
}

function checkpointTargets(folder: string, made: (name: string) => Buffer): Target[] {
  const errors = [CheckpointError];
  const tensors = { "a.weight": { shape: [3, 2], values: new Float32Array([1, 2, 3, 4, 5, 6]) } };
  writeSafetensors(join(folder, "one.safetensors"), tensors, { metadata: { format: "pt" } });
  const document = smallTokenizer();
  return [
    {
      ...{ title: "safetensors header", file: "model.safetensors", original: made("one.safetensors"), errors },
      parse: (at) => readAll(openCheckpoint(join(at, "model.safetensors"))),
    },
    {
      ...{ title: "safetensors of a T5", file: "model.safetensors", errors },
      original: readFileSync(join(fixture, "model.safetensors")).subarray(0, 30_000),
      parse: (at) => readAll(openCheckpoint(join(at, "model.safetensors"))),
    },
    {
      ...{ title: "safetensors of bitsandbytes", file: "model.safetensors", errors },
      original: readFileSync(join(stored, "nf4-double.safetensors")),
      parse: (at) => readAll(openCheckpoint(join(at, "model.safetensors"))),
    },
    {
      ...{
        title: "GGUF of every type",
        file: "model.gguf",
        original: readFileSync(join(stored, "types.gguf")),
        errors,
      },
      parse: (at) => readAll(openCheckpoint(at)),
    },
    {
      ...{ title: "GGUF of a Llama", file: "model.gguf", original: readFileSync(join(llama, "model.gguf")), errors },
      parse: (at) => readAll(openCheckpoint(at, { gguf: llamaFamily.gguf!(llamaFamily.testConfig) })),
    },
    {
      ...{
        title: "sharded index",
        file: "model.safetensors.index.json",
        errors,
        named: /index\.json|one\.safetensors/,
      },
      original: text({ metadata: { total_size: 24 }, weight_map: { "a.weight": "one.safetensors" } }),
      prepare: (at) => writeFileSync(join(at, "one.safetensors"), made("one.safetensors")),
      parse: (at) => readAll(openCheckpoint(at)),
    },
    {
      ...{ title: "config.json", file: "config.json", original: readFileSync(join(fixture, "config.json")), errors },
      parse: (at) => readConfig(at, huggingFaceConfig),
    },
    {
      ...{ title: "tokenizer.json, small", file: "tokenizer.json", original: text(document), errors },
      parse: (at) => useTokenizer(join(at, "tokenizer.json")),
    },
    {
      ...{ title: "tokenizer.json of t5-tiny-random", file: "tokenizer.json", errors },
      original: readFileSync(join(preset, "tokenizer.json")),
      parse: (at) => useTokenizer(join(at, "tokenizer.json")),
    },
    {
      ...{ title: "tokenizer_config.json", file: "tokenizer_config.json", errors, named: /tokenizer/ },
      original: text({ pad_token: "<pad>", eos_token: { content: "</s>" }, unk_token: "<unk>", extra_ids: 0 }),
      prepare: (at) => writeFileSync(join(at, "spiece.model"), sentencePieceModel()),
      parse: (at) => useTokenizer(at),
    },
    {
      ...{ title: "spiece.model", file: "spiece.model", original: sentencePieceModel(), errors },
      parse: (at) => useTokenizer(join(at, "spiece.model")),
    },
  ];
}

function readAll(source: TensorSource): void {
  try {
    for (const name of source.names())
      if (source.info(name).dtype !== "I64") expect(source.read(name)).toBeInstanceOf(Float32Array);
  } finally {
    source.close();
  }
}

/** A tokenizer that loads must also work: ids below the vocabulary's size, and back to text. */
function useTokenizer(path: string): void {
  const tokenizer = loadTokenizer(path);
  const ids = tokenizer.encode(" the song\u0000 plays <extra_id_0> \u{1f600}");
  expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < tokenizer.vocabularySize)).toBe(true);
  tokenizer.decode(ids);
}

function smallTokenizer(): object {
  const special = ["<pad>", "</s>", "<unk>"];
  return {
    added_tokens: special.map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: { type: "Metaspace", replacement: "\u2581", prepend_scheme: "always" },
    decoder: { type: "Metaspace", replacement: "\u2581", prepend_scheme: "always" },
    model: {
      type: "Unigram",
      unk_id: 2,
      vocab: [...special, "\u2581", "the", "s", "o"].map((piece, at) => [piece, -at]),
    },
  };
}

/** A unigram model with T5's special pieces, written field by field. */
function sentencePieceModel(): Uint8Array {
  const writer = protobuf.Writer.create();
  const pieces: [string, number][] = [
    ...([
      ["<pad>", 3],
      ["</s>", 3],
      ["<unk>", 2],
    ] as [string, number][]),
    ...["\u2581the", "\u2581", "s", "o", "n", "g"].map((piece): [string, number] => [piece, 1]),
  ];
  for (const [at, [piece, type]] of pieces.entries()) {
    writer.uint32(10).fork().uint32(10).string(piece).uint32(21).float(-at).uint32(24).int32(type).ldelim();
  }
  writer.uint32(18).fork().uint32(24).int32(1).uint32(320).int32(2).uint32(336).int32(1).uint32(344).int32(0).ldelim();
  writer.uint32(26).fork().uint32(24).bool(true).ldelim();
  return writer.finish();
}

async function glueTargets(folder: string, made: (name: string) => Buffer): Promise<Target[]> {
  const errors = [TaskError];
  const sample = join(folder, "sample");
  await writeSample(sample);
  const trained = allTasks.filter(({ splits }) => splits.train !== undefined);
  const tables = trained.map((task): Target => {
    const file = task.splits.train!.files[0]!;
    const lines = made(`sample/${task.folder}/${file}`).toString().split("\n").slice(0, 12);
    return {
      ...{ title: `${task.title} train.tsv`, file, errors, original: Buffer.from(`${lines.join("\n")}\n`) },
      named: new RegExp(`${file}|train`),
      parse: (at) => glueReader(at, task).then((reader) => loadTask(reader)),
    };
  });
  const sst2 = allTasks.find(({ name }) => name === "sst2")!;
  const predicted = submissionFiles.find(({ task }) => task === allTasks.find(({ name }) => name === "wnli"))!;
  const answers = predictionsText(predicted.task, new Array<number>(146).fill(1));
  const archive = zipSync({
    "SST-2/train.tsv": strToU8("sentence\tlabel\na song\t1\n"),
    "SST-2/dev.tsv": strToU8("x"),
  });
  return [
    ...tables.map((target, at) => inTaskFolder(target, trained[at]!.folder, sample)),
    {
      ...{ title: "dataset.json", file: "dataset.json", original: made("sample/dataset.json"), errors },
      named: /dataset\.json|SST-2/,
      parse: (at) => glueReader(at, sst2).then((reader) => loadTask(reader)),
      prepare: (at) => linkTask(sample, at, sst2.folder),
    },
    {
      ...{ title: "GLUE archive", file: "SST-2.zip", original: archive, errors },
      parse: (at) => unpack(sst2, join(at, "SST-2.zip"), join(at, "unpacked")),
    },
    {
      ...{ title: "predictions of a submission", file: "WNLI.tsv", original: Buffer.from(answers), errors },
      parse: (at) => checkPredictions(predicted, readFileSync(join(at, "WNLI.tsv"), "utf8"), join(at, "WNLI.tsv")),
    },
  ];
}

function inTaskFolder(target: Target, taskFolder: string, sample: string): Target {
  return { ...target, file: `${taskFolder}/${target.file}`, prepare: (at) => linkTask(sample, at, taskFolder) };
}

/** A copy of one task of the sample. */
function linkTask(sample: string, to: string, taskFolder: string): void {
  const names = readdirSync(join(sample, taskFolder));
  for (const name of names) writeInto(join(to, taskFolder), name, readFileSync(join(sample, taskFolder, name)));
}

async function benchTargets(folder: string, made: (name: string) => Buffer): Promise<Target[]> {
  await writeRecord(folder, syntheticRecord());
  const record = made("runs/alpha-sst2-0-0a1b2c.json");
  await writeTraceCsv(join(folder, "trace.csv"), trace as never);
  const best = { step: 2, score: 50, predictions: [[0, 1, undefined]] } as never;
  const state = { step: 2, best, unloggedLosses: [], lossScale: null, tensors: {}, bestWeights: null };
  await writeRunState(join(folder, "state.safetensors"), "same", state, [{ type: "resumed", step: 1 } as never]);
  const fields = streamFields(["timestamp", "power.draw", "memory.used", "utilization.gpu", "clocks.sm", "pstate"]);
  return [
    {
      ...{ title: "run record", file: "runs/r.json", original: record, errors: [ResultsError] },
      parse: (at) => readRecord(join(at, "runs/r.json")),
    },
    {
      ...{ title: "run record with a right checksum", file: "runs/r.json", original: record, errors: [ResultsError] },
      parse: (at) => readRecord(join(at, "runs/r.json")),
      repair: resealed,
    },
    {
      ...{ title: "suite", file: "suite.json", original: text(suite), errors: [BenchError] },
      parse: (at) => loadSuite(join(at, "suite.json")),
    },
    {
      ...{ title: "trace", file: "trace.csv", original: made("trace.csv"), errors: [MeterError] },
      parse: (at) => readTraceCsv(join(at, "trace.csv")),
    },
    {
      ...{ title: "lines of nvidia-smi", file: "lines.csv", errors: [] },
      original: Buffer.from(
        "2026/01/31 12:34:56.789, 71.25, 1024, 98, 1980, P0\n2026/01/31 12:34:56.839, [N/A], 9, 1, 3, P8\n",
      ),
      parse(at) {
        const lines = readFileSync(join(at, "lines.csv"), "utf8").split("\n");
        for (const row of lines.map((line) => parseRow(line, fields)))
          expect(
            Object.values(row?.values ?? {}).filter((value) => typeof value === "number" && !(value >= 0)),
          ).toEqual([]);
      },
    },
    {
      ...{
        title: "method.json of a saved model",
        file: "model/method.json",
        original: text(savedModel),
        errors: [BenchError],
      },
      named: /model/,
      parse: (at) => readSavedModel(join(at, "model")),
    },
    {
      ...{
        title: "run state",
        file: "state.safetensors",
        original: made("state.safetensors"),
        errors: [CheckpointError],
      },
      parse(at) {
        const stored = openRunState(join(at, "state.safetensors"), "same");
        if (typeof stored === "object") stored?.close();
      },
    },
    {
      ...{ title: "lock of an output directory", file: ".lock", errors: [BenchError], mayChange: true },
      original: Buffer.from(JSON.stringify({ pid: 1, host: "elsewhere", began: null })),
      named: /output directory/,
      parse: (at) => lockDirectory(at)(),
    },
  ];
}

/** As the program would have written what these bytes say; bytes that say nothing stay as they are. */
function resealed(bytes: Buffer): Buffer {
  try {
    const { sha256, ...value } = JSON.parse(bytes.toString()) as Record<string, unknown>;
    return Buffer.from(sealRecord(value));
  } catch {
    return bytes;
  }
}

/** Writes a file whose folder is made where it is absent. */
export function writeInto(folder: string, name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

const suite = {
  name: "fuzzed",
  methods: [{ method: "lora", config: { rank: 4 } }, { method: "bitfit" }],
  ...{ tasks: ["sst2", "rte"], seeds: [0, 1], backbone: "t5-tiny-random", limit: [16, 32] },
  ...{ settings: { epochs: 1, batchSize: 4, schedule: "linear" }, taskSettings: { rte: { learningRate: 0.001 } } },
};

const savedModel = {
  version: 1,
  method: { packageName: "@petl/method-lora", module: "../../lora.mjs", config: { rank: 4 } },
  backbone: { reference: "t5-tiny-random", seed: 0, sha256: null },
  ...{ task: "sst2", textFormat: "t5", directory: "../../glue", evalLimit: null, settings: { epochs: 1 } },
};

const reading = {
  ...{ timedBy: "sensor", powerInstantW: 71.5, powerAverageW: null, powerDrawW: 70, memoryUsedBytes: 2 ** 30 },
  ...{ gpuUtilization: 0.5, temperatureC: 40, smClockHz: 1.98e9, pstate: "P0" },
} as const;

const trace = {
  gpu: { index: 0, name: "A GPU", uuid: "GPU-0" },
  periodMs: 50,
  samples: [0, 1, 2].map((at) => ({ atS: 1000 + at / 20, ...reading })),
  counter: {
    value: [
      { atS: 1000, totalJ: 5 },
      { atS: 1001, totalJ: 76 },
    ],
    reason: null,
  },
  processMemory: [{ atS: 1000.5, bytes: 2 ** 29 }],
  problems: [],
};
