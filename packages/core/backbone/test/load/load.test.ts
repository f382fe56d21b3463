import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { liveBytes, seededRandom, tf } from "@petl/tensor";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  BackboneError,
  backboneFiles,
  loadBackbone,
  namesOf,
  parseReference,
  saveCheckpoint,
} from "../../src/index.js";
import family from "../running-mean.js";

beforeAll(async () => {
  await cpu.open();
});

const config = family.geometries["mean-tiny"]!;
type Stored = Record<string, { shape: readonly number[]; values: Float32Array }>;

/** A checkpoint with its tokenizer; `change` alters its tensors by their names in the file, `fields` its config.json. */
async function checkpoint({
  change = () => {},
  fields = {},
}: {
  change?: (tensors: Stored) => void;
  fields?: Record<string, unknown>;
} = {}): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "petl-backbone-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const model = family.build("saved", config, family.initialise(config, seededRandom(4), "trained"));
  await saveCheckpoint(directory, { ...model, configFields: { ...family.configFields(config), ...fields } });
  model.dispose();
  const file = join(directory, "model.safetensors");
  const source = readSafetensors(file);
  const tensors: Stored = Object.fromEntries(
    source.names().map((name) => [name, { shape: source.info(name).shape, values: source.read(name) }]),
  );
  source.close();
  change(tensors);
  writeSafetensors(file, tensors);
  copyFileSync(join(family.tokenizerDirectory, "tokenizer.json"), join(directory, "tokenizer.json"));
  return directory;
}

const load = (name: string) => loadBackbone(name, family, { seed: 0 });

describe("a checkpoint", () => {
  test("is the backbone that was saved, to the bit, under the family's names", async () => {
    const directory = await checkpoint();
    const names = readSafetensors(join(directory, "model.safetensors")).names();
    expect([...names].sort()).toEqual([
      "embedding.weight",
      "layers.0.mix.weight",
      "layers.1.mix.weight",
      "lmHead.weight",
    ]);
    const { model, config: read, source, files, tokenizer } = await load(directory);
    const params = family.initialise(config, seededRandom(4), "trained");
    for (const [name, tensor] of Object.entries(params))
      expect(await model.param(name).data(), name).toEqual(await tensor.data());
    expect(read).toEqual(config);
    expect(tokenizer.vocabularySize).toBe(4096);
    expect(source).toMatchObject({
      kind: "directory",
      revision: null,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(files.map(({ name }) => name).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
    expect((await backboneFiles(directory, family)).files).toEqual(files);
    tf.dispose(Object.values(params));
    model.dispose();
  });

  test("loads where it repeats a tensor or holds one that nothing computes with", async () => {
    const directory = await checkpoint({
      change(tensors) {
        tensors["embedding.copy"] = tensors["embedding.weight"]!;
        tensors["statistics.count"] = { shape: [1], values: new Float32Array(1) };
      },
    });
    (await load(directory)).model.dispose();
  });

  test.each<[string, (tensors: Stored) => void, RegExp]>([
    ["lacks a tensor", (tensors) => delete tensors["layers.1.mix.weight"], /missing.*layers\.1\.mix\.weight/],
    [
      "has one too many",
      (tensors) => Object.assign(tensors, { odd: { shape: [1], values: new Float32Array(1) } }),
      /extra.*odd/,
    ],
    [
      "has one of another shape",
      (tensors) => Object.assign(tensors, { "lmHead.weight": { shape: [3], values: new Float32Array(3) } }),
      /lmHead\.weight.*4096/,
    ],
    [
      "repeats one with other values",
      (tensors) => {
        const { shape, values } = tensors["embedding.weight"]!;
        tensors["embedding.copy"] = { shape, values: values.map((value) => value + 1) };
      },
      /embedding\.copy/,
    ],
  ])("that %s is refused by name", async (_, change, message) => {
    await expect(load(await checkpoint({ change }))).rejects.toThrow(message);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "with a weight of %d is refused with tensor and file, and nothing stays in memory",
    async (value) => {
      const directory = await checkpoint({
        change(tensors) {
          tensors["layers.0.mix.weight"]!.values[2] = value;
        },
      });
      const before = [liveBytes().total, tf.memory().numTensors];
      await expect(load(directory)).rejects.toThrow(
        `${join(directory, "model.safetensors")}: expected finite weights, got ${value} in tensor "layers.0.mix.weight" (value 2)`,
      );
      expect([liveBytes().total, tf.memory().numTensors]).toEqual(before);
    },
  );

  test.each(["tokenizer.json", "model.safetensors"])("without %s is refused, loaded or only planned", async (file) => {
    const directory = await checkpoint();
    rmSync(join(directory, file));
    const refusal = { code: "E_FILE_MISSING", message: expect.stringContaining(`a checkpoint without ${file} or`) };
    await expect(backboneFiles(directory, family)).rejects.toMatchObject(refusal);
    await expect(load(directory)).rejects.toMatchObject(refusal);
  });

  test("in GGUF is refused where the family names no such files", async () => {
    const directory = await checkpoint();
    rmSync(join(directory, "model.safetensors"));
    const gguf = new URL("../../../checkpoint/test/fixtures/stored/types.gguf", import.meta.url);
    copyFileSync(gguf, join(directory, "model.gguf"));
    expect((await backboneFiles(directory, family)).files?.map(({ name }) => name)).toContain("model.gguf");
    await expect(load(directory)).rejects.toThrow("expected a model of a family that is read from GGUF");
  });

  test("that is cut short is refused by its file", async () => {
    const directory = await checkpoint();
    truncateSync(join(directory, "model.safetensors"), 10_000);
    await expect(load(directory)).rejects.toThrow(/model\.safetensors/);
  });

  test("that the family finds unfit for its tokenizer is refused before any weight is read", async () => {
    const directory = await checkpoint({ fields: { eos_token_id: 7 } });
    truncateSync(join(directory, "model.safetensors"), 100);
    const loading = load(directory);
    await expect(loading).rejects.toThrow(BackboneError);
    await expect(loading).rejects.toThrow(
      "expected eos_token_id 1, got 7; config.json is damaged or belongs to another",
    );
  });
});

describe("a name", () => {
  test("of a geometry gives random weights by seed", async () => {
    const values = async (seed: number) => {
      const { model, source, files } = await loadBackbone("mean-tiny-random", family, { seed });
      const data = [...(await model.param("decoder.1.mix.weight").data())];
      model.dispose();
      expect(source).toEqual({ name: "mean-tiny-random", kind: "random", sha256: null, revision: null });
      expect(files.map(({ name }) => name)).toEqual(["tokenizer.json"]);
      return data;
    };
    expect(await values(1)).toEqual(await values(1));
    expect(await values(1)).not.toEqual(await values(2));
  });

  test("that is unknown is refused with those that are known", async () => {
    expect(namesOf(family)).toEqual(["mean-tiny-random", "mean-published"]);
    for (const [name, problem] of [
      ["mean-tinny-random", "no such geometry"],
      ["mean", "no such name or directory"],
    ] as const)
      await expect(load(name)).rejects.toThrow(
        `backbone "${name}": ${problem}; known names: mean-tiny-random, mean-published; or give a directory or hf:ORG/REPO`,
      );
  });

  test.each([
    ["mean-tiny-random", { kind: "random", geometry: "mean-tiny" }],
    ["mean-published", { kind: "hub", repository: "example/running-mean" }],
    ["hf:someone/something", { kind: "hub", repository: "someone/something" }],
    ["file:///a/index.js", { kind: "package", url: "file:///a/index.js", isRandom: false }],
    ["file:///a/index.js#random", { kind: "package", url: "file:///a/index.js", isRandom: true }],
    ["./folder", { kind: "directory", path: "./folder" }],
  ])("%s is read as %j", (name, reference) => {
    expect(parseReference(name, family.published)).toEqual(reference);
  });

  test("of a package gives its checkpoint if the digest is the package's, else a refusal", async () => {
    const directory = await checkpoint();
    const { files } = await backboneFiles(directory, family);
    const { sha256 } = files!.find(({ name }) => name === "model.safetensors")!;
    const module = join(directory, "index.mjs");
    const exported = { name: "carried", description: "for this test", directory };
    const write = (fields: object) => writeFileSync(module, `export default ${JSON.stringify(fields)};`);
    const url = (version: string) => `${new URL(`file://${module}`).href}?${version}`;
    write({ ...exported, sha256 });
    const { model, source } = await load(url("sound"));
    expect(source).toEqual({ name: "carried", kind: "package", sha256, revision: null });
    model.dispose();
    write({ ...exported, sha256: "0".repeat(64) });
    await expect(load(url("other"))).rejects.toThrow(`got ${sha256}; install the package again`);
    write({ name: "carried" });
    await expect(load(url("bare"))).rejects.toThrow("got one without description, directory, sha256");
    expect(readFileSync(module, "utf8")).toContain("carried");
  });
});
