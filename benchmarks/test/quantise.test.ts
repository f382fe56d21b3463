import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Family,
  loadBackbone,
  loadWeights,
  quantiseWeights,
  safetensorsDtypes,
  saveCheckpoint,
} from "@petl/backbone";
import { copyTokenizer, openCheckpoint, readSafetensors, type TensorData, writeSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { storageOf, type Tensor, tf, widened } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { startBench, temporaryDirectory, writeTasks } from "../../packages/harness/cli/test/bench-command.js";

beforeAll(async () => {
  await cpu.open();
});

const families = [t5, bert, llama] as unknown as Family[];

/** Writes a checkpoint with random weights as Hugging Face lays it out; returns its geometry and our names of its tensors. */
async function writeCheckpoint(directory: string, family: Family) {
  const { model, config, directory: from } = await loadBackbone(`${family.name}-tiny-random`, family, { seed: 3 });
  mkdirSync(directory);
  const { params, publishedNames } = model;
  await saveCheckpoint(directory, {
    params,
    publishedNames,
    configFields: { ...family.configFields(config), dtype: "float32" },
  });
  copyTokenizer(from, directory);
  model.dispose();
  return config;
}

const valuesOf = (weight: Tensor): Float32Array => tf.tidy(() => widened(weight).dataSync() as Float32Array);

describe.each(families.map((family) => [family.name, family] as const))("%s", (_, family) => {
  test.each(safetensorsDtypes)("in %s is loaded from its file as it is stored from float32", async (dtype) => {
    const root = temporaryDirectory();
    const original = join(root, "original");
    const config = await writeCheckpoint(original, family);
    const path = join(root, "model.safetensors");
    const { bytesBefore, bytesAfter, roundedBefore } = await quantiseWeights(original, path, family, config, { dtype });
    expect(bytesAfter).toBeLessThan(0.56 * bytesBefore);
    expect(roundedBefore.size).toBe(0);
    const none = new Set<string>();
    const found = loadWeights(path, family, config, { dtype: "file", unfrozen: none });
    const expected = loadWeights(original, family, config, { dtype, unfrozen: none });
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    const rounding = dtype === "f16" ? 2 ** -11 : 2 ** -8; // of the value, at most
    const smallest = 2 ** -25; // half a step of f16's subnormal numbers
    const formats = new Set<string>();
    for (const [name, weight] of Object.entries(expected)) {
      const storage = storageOf(weight);
      formats.add(storage?.format ?? "f32");
      expect(storageOf(found[name]!), name).toEqual(storage);
      const [a, b] = [valuesOf(found[name]!), valuesOf(weight)];
      if (storage !== null) expect(a, name).toEqual(b);
      else
        expect(
          a.filter((value, at) => Math.abs(value - b[at]!) > Math.abs(b[at]!) * rounding + smallest),
          name,
        ).toHaveLength(0);
    }
    expect([...formats].sort()).toEqual([...new Set([dtype, dtype === "f16" ? "f16" : "bf16", "f32"])].sort());
    tf.dispose([...Object.values(found), ...Object.values(expected)]);
  });

  test("is written by bench quantise, planned and dry-run as a backbone", { timeout: 120_000 }, async () => {
    const root = temporaryDirectory();
    await writeCheckpoint(join(root, "original"), family);
    const written = await startBench(["quantise", "original", "--dtype", "nf4+dq"], root);
    expect([written.exitCode, written.stderr]).toEqual([0, expect.stringMatching(/^quantising: 0 B of [\d.]+ [kM]B/)]);
    expect(written.stdout).toMatch(/^\S+original-nf4-dq: [\d.]+ [kM]B became [\d.]+ [kM]B \(nf4\+dq\)$/);
    const to = join(root, "original-nf4-dq");
    expect(readdirSync(to).sort()).toEqual([...readdirSync(join(root, "original")), "petl-bench.json"].sort());
    const fields = (directory: string) => JSON.parse(readFileSync(join(root, directory, "config.json"), "utf8"));
    const { quantization_config, ...others } = fields("original-nf4-dq");
    expect(others).toEqual({ ...fields("original"), dtype: "bfloat16" });
    expect(quantization_config).toMatchObject({ bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true });

    const plan = await startBench(["plan", "--backbone", to, "--backbone-dtype", "nf4+dq", "--methods", "lora"], root);
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringContaining("lora")]);
    writeTasks(root);
    const suite = [
      "--backbone",
      to,
      "--backbone-dtype",
      "file",
      "--methods",
      "lora",
      "--tasks",
      "sst2",
      "--data",
      "glue",
    ];
    const dry = await startBench(["glue", ...suite, "--protocol", "dev", "--out", "out", "--dry-run"], root);
    expect([dry.exitCode, dry.stdout], dry.stderr).toEqual([0, expect.stringContaining("lora")]);
  });
});

describe("GGUF", () => {
  const family = llama as unknown as Family;

  test("is written by bench quantise and read by a run", { timeout: 180_000 }, async () => {
    const root = temporaryDirectory();
    await writeCheckpoint(join(root, "original"), family);
    const written = await startBench(["quantise", "original", "--dtype", "q4_k"], root);
    expect(written.exitCode, written.stderr).toBe(0);
    expect(written.stdout).toMatch(/^\S+original-q4_k: [\d.]+ [kM]B became [\d.]+ [kM]B \(q4_k\)$/);
    expect(written.stderr.match(/^note: .*/gm)).toEqual([
      "note: 1 weight is in q8_0 instead of q6_k: rows are no multiple of 256 values",
      "note: 12 weights are in q4_1 instead of q4_k: rows are no multiple of 256 values",
      "note: 2 weights are in f16 instead of q4_k: rows are no multiple of 256 values",
    ]);
    const to = join(root, "original-q4_k");
    const others = readdirSync(join(root, "original")).filter((name) => name !== "model.safetensors");
    expect(readdirSync(to).sort()).toEqual([...others, "model.gguf", "petl-bench.json"].sort());
    const fields = (directory: string) => JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
    expect(fields(to)).toEqual(fields(join(root, "original")));
    const { metadata } = openCheckpoint(to);
    expect(metadata).toMatchObject({ "general.name": "original", "general.file_type": "14", "llama.block_count": "2" });

    writeTasks(root);
    const suite = ["--backbone", to, "--backbone-dtype", "file", "--methods", "lora,read", "--tasks", "sst2"];
    const run = ["--data", "glue", "--protocol", "dev", "--limit", "16", "--eval-limit", "8", "--steps", "3"];
    const ran = await startBench(["glue", ...suite, ...run, "--out", "out", "--json"], root);
    expect(ran.exitCode, ran.stderr).toBe(0);
    const records = readdirSync(join(root, "out", "runs")).filter((name) => name.endsWith(".json"));
    expect(records).toHaveLength(2);
    for (const name of records)
      expect(JSON.parse(readFileSync(join(root, "out", "runs", name), "utf8")).status).toBe("completed");
  });

  test("takes the place of safetensors in a folder, and the other way round", async () => {
    const root = temporaryDirectory();
    await writeCheckpoint(join(root, "original"), family);
    const weights = async (dtype: string): Promise<string[]> => {
      const { exitCode, stderr } = await startBench(["quantise", "original", "--dtype", dtype, "--out", "to"], root);
      expect(exitCode, stderr).toBe(0);
      return readdirSync(join(root, "to")).filter((name) => name.startsWith("model."));
    };
    expect(await weights("nf4")).toEqual(["model.safetensors"]);
    expect(await weights("q8_0")).toEqual(["model.gguf"]);
    expect(await weights("bf16")).toEqual(["model.safetensors"]);
    writeFileSync(join(root, "to", "model.gguf.mine"), "mine");
    expect(await weights("q4_0")).toEqual(["model.gguf", "model.gguf.mine"]);
  });

  test("keeps codes that are in the type already, also rows of another order", async () => {
    const root = temporaryDirectory();
    const config = await writeCheckpoint(join(root, "original"), family);
    await quantiseWeights(join(root, "original"), join(root, "first.gguf"), family, config, { dtype: "q4_0" });
    mkdirSync(join(root, "again"));
    for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"])
      copyFileSync(join(root, "original", name), join(root, "again", name));
    copyFileSync(join(root, "first.gguf"), join(root, "again", "model.gguf"));
    const options = { dtype: "q4_0", name: "original" } as const;
    const { roundedBefore } = await quantiseWeights(
      join(root, "again"),
      join(root, "second.gguf"),
      family,
      config,
      options,
    );
    expect(roundedBefore.size).toBe(0);
    expect(readFileSync(join(root, "second.gguf")).equals(readFileSync(join(root, "first.gguf")))).toBe(true);
  });

  test.each<[string, (directory: string) => void, RegExp]>([
    [
      "a tokenizer that it has no name for",
      (directory) => editJson(join(directory, "tokenizer.json"), (it) => ({ ...it, normalizer: { type: "NFKC" } })),
      /tokenizer\.json: expected a byte-pair tokenizer that GGUF has a name for.*got normalizer \{"type":"NFKC"\}/,
    ],
    [
      "a model with another head than for text",
      (directory) => {
        editJson(join(directory, "config.json"), (fields) => ({ ...fields, tie_word_embeddings: false }));
        withTensors(directory, (tensors) => ({
          ...tensors,
          "score.weight": { shape: [2, 64], values: new Float32Array(128) },
        }));
      },
      /expected all tensors of the model, as GGUF has no models without a head, got none for lmHead\.weight/,
    ],
    [
      "a scale beyond f16",
      (directory) =>
        withTensors(directory, (tensors) => {
          tensors["model.layers.0.mlp.up_proj.weight"]!.values[3] = 1e9;
          return tensors;
        }),
      /tensor "model\.layers\.0\.mlp\.up_proj\.weight" to fit q4_0, got q4_0: expected scales within f16/,
    ],
  ])("refuses %s in one line", async (_, change, message) => {
    const root = temporaryDirectory();
    await writeCheckpoint(join(root, "original"), family);
    change(join(root, "original"));
    const { exitCode, stdout, stderr } = await startBench(
      ["quantise", "original", "--dtype", "q4_0", "--out", "out"],
      root,
    );
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.replace(/^quantising: .*\n/gm, "")).toMatch(/^error: [^\n]+$/);
    expect(stderr).toMatch(message);
    expect(readdirSync(join(root, "out"))).toEqual(["petl-bench.json"]);
  });

  test.each([t5, bert] as unknown as Family[])("refuses the family $name before anything is written", async (other) => {
    const root = temporaryDirectory();
    await writeCheckpoint(join(root, "original"), other);
    const { exitCode, stderr } = await startBench(["quantise", "original", "--dtype", "q8_0", "--out", "out"], root);
    expect([exitCode, stderr]).toEqual([
      2,
      `error: family ${other.name}: expected nf4, nf4+dq, bf16 or f16, as its models are not written to GGUF, got q8_0`,
    ]);
    expect(existsSync(join(root, "out"))).toBe(false);
  });

  test("names what it has no place for", async () => {
    const root = temporaryDirectory();
    const original = join(root, "original");
    const config = await writeCheckpoint(original, family);
    withTensors(original, (tensors) => ({
      ...tensors,
      "score.weight": { shape: [2, 64], values: new Float32Array(128) },
    }));
    const { notes } = await quantiseWeights(original, join(root, "to.gguf"), family, config, { dtype: "q8_0" });
    expect(notes).toEqual(["left out, as GGUF has no place for them: score.weight"]);
  });
});

function editJson(path: string, edit: (document: object) => object): void {
  writeFileSync(path, JSON.stringify(edit(JSON.parse(readFileSync(path, "utf8")))));
}

/** Writes a checkpoint's tensors again, changed. */
function withTensors(
  directory: string,
  change: (tensors: Record<string, TensorData>) => Readonly<Record<string, TensorData>>,
): void {
  const path = join(directory, "model.safetensors");
  const source = readSafetensors(path);
  const tensors = source.names().map((name) => [name, { shape: source.info(name).shape, values: source.read(name) }]);
  source.close();
  writeSafetensors(path, change(Object.fromEntries(tensors)));
}

describe("modules that transformers must leave as they are", () => {
  test.each([
    ["t5", t5, ["lm_head", "shared", "encoder.embed_tokens"]],
    ["llama", llama, ["lm_head", "embed_tokens"]],
    ["bert", bert, ["embeddings.word_embeddings"]],
  ] as const)("of %s", async (_name, family, modules) => {
    const root = temporaryDirectory();
    const config = await writeCheckpoint(join(root, "original"), family as unknown as Family);
    const to = join(root, "model.safetensors");
    const { skippedModules } = await quantiseWeights(join(root, "original"), to, family as unknown as Family, config, {
      dtype: "nf4",
    });
    expect(skippedModules).toEqual(expect.arrayContaining([...modules]));
    expect(skippedModules.filter((name) => /SelfAttention\.q|self_attn|attention\.self/.test(name))).toEqual([]);
  });
});

test("another task's head is kept in bf16 and left out of what transformers quantises", async () => {
  const root = temporaryDirectory();
  const original = join(root, "original");
  const config = await writeCheckpoint(original, bert as unknown as Family);
  const head = { shape: [64, 64], values: Float32Array.from({ length: 4096 }, (_, at) => Math.sin(at)) };
  withTensors(original, (tensors) => ({ ...tensors, "cls.predictions.transform.dense.weight": head }));
  const to = join(root, "model.safetensors");
  const written = await quantiseWeights(original, to, bert as unknown as Family, config, { dtype: "nf4" });
  expect(written.skippedModules).toContain("cls");
  const found = openCheckpoint(to);
  expect(found.info("cls.predictions.transform.dense.weight").dtype).toBe("BF16");
  found.close();
});

test("weights in few bits are quantised again with a note, and copied where they have the type already", async () => {
  const root = temporaryDirectory();
  const fixture = fileURLToPath(new URL("../../packages/families/llama/test/fixtures/llama-grouped/", import.meta.url));
  mkdirSync(join(root, "gguf"));
  for (const name of ["config.json", "model.gguf"]) copyFileSync(join(fixture, name), join(root, "gguf", name));
  copyTokenizer(llama.tokenizerDirectory, join(root, "gguf"));
  const quantise = (from: string, to: string) => startBench(["quantize", from, "--dtype", "nf4", "--out", to], root);
  const first = await quantise("gguf", "first");
  expect([first.exitCode, first.stderr.match(/^note: .*/gm)], first.stderr).toEqual([
    0,
    [
      expect.stringMatching(
        /quantised before \(\d+ in q\w+\): what that lost stays lost, and nf4 rounds them once more/,
      ),
    ],
  ]);
  const second = await quantise("first", "second");
  expect([second.exitCode, second.stderr]).toEqual([0, expect.not.stringContaining("note:")]);
  const bytes = (directory: string) => readFileSync(join(root, directory, "model.safetensors"));
  expect(bytes("second").equals(bytes("first"))).toBe(true);
});

describe("bench quantise refuses in one line, and leaves everything as it was", () => {
  test.each<[string, readonly string[], RegExp]>([
    ["no type", ["original"], /required option '--dtype <type>' not specified/],
    [
      "an unknown type",
      ["original", "--dtype", "int8"],
      /Allowed choices are nf4, nf4\+dq, bf16, f16, q8_0, q6_k, q4_k, q4_1, q4_0/,
    ],
    ["an unknown backbone", ["nope", "--dtype", "nf4"], /backbone "nope": expected a name that bench list shows/],
    [
      "random weights",
      ["llama-tiny-random", "--dtype", "nf4"],
      /expected one whose weights are in files, got random weights/,
    ],
    [
      "someone's folder",
      ["original", "--dtype", "nf4", "--out", "mine"],
      /one that bench quantise made, got one with notes\.txt/,
    ],
    [
      "the original's folder",
      ["original", "--dtype", "nf4", "--out", "original"],
      /output directory \S+original: expected/,
    ],
    [
      "a value beyond the type",
      ["large", "--dtype", "f16", "--out", "out"],
      /tensor "model\.norm\.weight" to fit f16, got f16: expected magnitudes up to/,
    ],
    [
      "a damaged value",
      ["damaged", "--dtype", "nf4", "--out", "out"],
      /tensor "model\.norm\.weight" to fit bf16, got bf16: expected finite values/,
    ],
  ])("%s", async (_, args, message) => {
    const root = temporaryDirectory();
    await writeCheckpoint(join(root, "original"), llama as unknown as Family);
    mkdirSync(join(root, "mine"));
    writeFileSync(join(root, "mine", "notes.txt"), "mine");
    for (const [name, value] of [
      ["large", 1e6],
      ["damaged", Number.NaN],
    ] as const)
      if (args[0] === name) spoil(join(root, "original"), join(root, name), value);
    const { exitCode, stdout, stderr } = await startBench(["quantise", ...args], root);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.replace(/^quantising: .*\n/gm, "")).toMatch(/^error: [^\n]+$/);
    expect(stderr).toMatch(message);
    expect(readdirSync(root).filter((name) => !["original", "mine", "large", "damaged", "out"].includes(name))).toEqual(
      [],
    );
    if (args.includes("out")) expect(readdirSync(join(root, "out"))).toEqual(["petl-bench.json"]);
  });
});

/** A copy of a checkpoint with one value changed. */
function spoil(from: string, to: string, value: number): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
  withTensors(to, (tensors) => {
    tensors["model.norm.weight"]!.values[1] = value;
    return tensors;
  });
}
