import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBackbone, loadWeights } from "@petl/backbone";
import { readConfig, readSafetensors, writeSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { tf } from "@petl/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import t5, { huggingFaceConfig } from "../src/index.js";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}/`, import.meta.url));
const config = readConfig(fixture("t5-v1_0"), huggingFaceConfig);
const scratch = mkdtempSync(join(tmpdir(), "petl-weights-"));

beforeAll(async () => {
  await cpu.open();
});
afterAll(() => rmSync(scratch, { recursive: true }));

type Tensors = Record<string, { shape: number[]; values: Float32Array }>;

/** The fixture's weights after `change`, as a file of its own. */
function altered(name: string, change: (tensors: Tensors) => void): string {
  const stored = readSafetensors(`${fixture("t5-v1_0")}model.safetensors`);
  const tensors: Tensors = Object.fromEntries(
    stored.names().map((tensor) => [tensor, { shape: [...stored.info(tensor).shape], values: stored.read(tensor) }]),
  );
  stored.close();
  change(tensors);
  const path = join(scratch, `${name}.safetensors`);
  writeSafetensors(path, tensors);
  return path;
}

describe("a checkpoint's tensors", () => {
  test("load the same from the original files, which repeat the table and hold an unused bias", async () => {
    const [plain, original] = [
      loadWeights(fixture("t5-v1_0"), t5, config),
      loadWeights(fixture("t5-v1_0-original"), t5, config),
    ];
    expect(Object.keys(original)).toEqual(Object.keys(plain));
    for (const [name, tensor] of Object.entries(plain))
      expect(await original[name]!.data()).toEqual(await tensor.data());
    tf.dispose([...Object.values(plain), ...Object.values(original)]);
  });

  const norm = "encoder.final_layer_norm.weight";
  test("are refused by name where one is missing", () => {
    const path = altered("missing", (tensors) => delete tensors[norm]);
    expect(() => loadWeights(path, t5, config)).toThrow(new RegExp(`missing.*${norm}`));
  });
  test("are refused by name where one is too many", () => {
    const path = altered("extra", (tensors) =>
      Object.assign(tensors, { surprise: { shape: [1], values: new Float32Array(1) } }),
    );
    expect(() => loadWeights(path, t5, config)).toThrow(/extra.*surprise/);
  });
  test("are refused by name and shape where one has another shape", () => {
    const path = altered("shape", (tensors) =>
      Object.assign(tensors, { [norm]: { shape: [3], values: new Float32Array(3) } }),
    );
    expect(() => loadWeights(path, t5, config)).toThrow(new RegExp(`${norm}.*32`));
  });
  test("are refused where a repetition of the table differs from it", () => {
    const path = altered("unequal", (tensors) => {
      const { shape, values } = tensors["shared.weight"]!;
      tensors["lm_head.weight"] = { shape, values: values.map((value) => value + 1) };
    });
    expect(() => loadWeights(path, t5, config)).toThrow(/lm_head\.weight/);
  });
  test("are refused where the file is cut short", () => {
    const path = join(scratch, "cut.safetensors");
    copyFileSync(`${fixture("t5-v1_0")}model.safetensors`, path);
    truncateSync(path, 100_000);
    expect(() => loadWeights(path, t5, config)).toThrow(/cut\.safetensors/);
  });
});

describe("a backbone by name", () => {
  test("is the same random one for the same seed, and another for another", async () => {
    const values = async (seed: number) => {
      const { model, source } = await loadBackbone("t5-tiny-random", t5, { seed });
      const data = [...(await model.param("encoder.1.attention.query.weight").data())];
      model.dispose();
      expect(source).toMatchObject({ kind: "random", sha256: null });
      return data;
    };
    expect(await values(1)).toEqual(await values(1));
    expect(await values(1)).not.toEqual(await values(2));
  });

  test("is refused where its tokenizer has more ids than its table has rows", async () => {
    const directory = join(scratch, "mixed");
    mkdirSync(directory);
    for (const file of ["config.json", "model.safetensors"])
      copyFileSync(fixture("t5-v1_0") + file, join(directory, file));
    copyFileSync(join(t5.tokenizerDirectory, "tokenizer.json"), join(directory, "tokenizer.json"));
    await expect(loadBackbone(directory, t5, { seed: 0 })).rejects.toThrow(/at most 101 ids.*got 4096/);
  });

  test("is refused with the known names where it is unknown", async () => {
    await expect(loadBackbone("t5-tinny-random", t5, { seed: 0 })).rejects.toThrow(/t5-tiny-random/);
    await expect(loadBackbone("bert", t5, { seed: 0 })).rejects.toThrow(/no such name or directory/);
  });
});
