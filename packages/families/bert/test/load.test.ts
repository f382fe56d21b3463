import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackboneError, loadBackbone, saveCheckpoint } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import { liveBytes, seededRandom } from "@petl/tensor";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import family, { type Bert } from "../src/index.js";
import { passOf } from "./reference.js";
import { classes } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

describe("a random encoder by name", () => {
  test("is the same for the same seed, and another for another", async () => {
    const values = async (seed: number) => {
      const { model, source } = await loadBackbone("bert-tiny-random", family, { seed });
      const data = [...model.param("encoder.1.attention.query.weight").dataSync()];
      model.dispose();
      expect(source).toMatchObject({ kind: "random", sha256: null });
      return data;
    };
    expect(await values(1)).toEqual(await values(1));
    expect(await values(1)).not.toEqual(await values(2));
  });

  test("has our own tokenizer, with token types", async () => {
    const { model, tokenizer } = await loadBackbone("bert-tiny-random", family, { seed: 0 });
    expect(tokenizer).toMatchObject({ vocabularySize: 2000, padId: 0, eosId: 3 });
    const { ids, segments } = tokenizer.encodePair("A man plays.", "Someone is playing!");
    expect(tokenizer.decode(ids, { skipSpecial: false })).toMatch(
      /^\[CLS\] a man plays ?\. \[SEP\] someone is playing ?! \[SEP\]$/,
    );
    expect(segments).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
    model.dispose();
  });

  test("is refused with the known names where it is unknown", async () => {
    await expect(loadBackbone("bert-tinny-random", family, { seed: 0 })).rejects.toThrow(
      /bert-tiny-random.*bert-base-uncased/,
    );
    await expect(loadBackbone("bort", family, { seed: 0 })).rejects.toThrow(BackboneError);
  });
});

test.each(["bert-tiny", "roberta", "distilbert"])("a saved %s loads with the same bits", async (name) => {
  const directory = mkdtempSync(join(tmpdir(), "petl-bert-load-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const tiny = family.geometries["bert-tiny"]!;
  const config = {
    "bert-tiny": tiny,
    roberta: { ...tiny, architecture: "roberta", tokenTypes: 1, padId: 1 } as const,
    distilbert: { ...tiny, architecture: "distilbert", tokenTypes: 0 } as const,
  }[name]!;
  const bare = family.build(name, config, family.initialise(config, seededRandom(3), "trained")) as Bert;
  const model = bare.withHead(classes, seededRandom(4));
  await saveCheckpoint(directory, { ...model, configFields: family.configFields(config) });
  for (const file of ["tokenizer.json", "tokenizer_config.json"])
    copyFileSync(join(family.tokenizerDirectory, file), join(directory, file));
  const before = liveBytes();
  const loaded = await loadBackbone(directory, family, { seed: 0 });
  expect(loaded.config).toEqual(config);
  const rows = [{ source: loaded.tokenizer.encodePair("One text.", "And another.").ids, answer: [] }];
  const state = (each: Pick<Bert, "pad" | "forward">) => each.forward(each.pad(rows), passOf(bare)).hidden.dataSync();
  expect(state(loaded.model as Bert)).toEqual(state(bare));
  expect(before.backbone).toBeGreaterThan(0);
  loaded.model.dispose();
  expect(liveBytes().backbone).toBe(before.backbone);
  model.dispose();
});
