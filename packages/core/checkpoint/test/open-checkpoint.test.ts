import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCheckpoint, writeSafetensors } from "../src/index.js";
import { temporaryDirectory } from "./temporary-directory.js";
import { thrownBy } from "./thrown.js";

const INDEX = "model.safetensors.index.json";
const FIRST = "model-00001-of-00002.safetensors";
const SECOND = "model-00002-of-00002.safetensors";

function shardedDirectory(weightMap: object = { a: FIRST, b: SECOND, c: FIRST }): string {
  const directory = temporaryDirectory();
  const tensor = (value: number) => ({ shape: [1], values: Float32Array.of(value) });
  writeSafetensors(join(directory, FIRST), { a: tensor(1), c: tensor(3) }, { metadata: { format: "pt" } });
  writeSafetensors(join(directory, SECOND), { b: tensor(2) });
  writeFileSync(join(directory, INDEX), JSON.stringify({ metadata: { total_size: 12 }, weight_map: weightMap }));
  return directory;
}

test("a sharded checkpoint reads as one, from its directory or its index", () => {
  const directory = shardedDirectory();
  for (const path of [directory, join(directory, INDEX)]) {
    const checkpoint = openCheckpoint(path);
    expect(checkpoint.names()).toEqual(["a", "b", "c"]);
    expect(checkpoint.metadata).toEqual({ format: "pt" });
    expect(checkpoint.info("b")).toEqual({ dtype: "F32", shape: [1], bytes: 4 });
    expect(["a", "b", "c"].map((name) => checkpoint.read(name)[0])).toEqual([1, 2, 3]);
    checkpoint.close();
  }
});

test("a directory's single file goes before an index, and a file opens by its own path", () => {
  const directory = shardedDirectory();
  const single = join(directory, "model.safetensors");
  writeSafetensors(single, { only: { shape: [], values: Float32Array.of(4) } });
  expect(openCheckpoint(directory).names()).toEqual(["only"]);
  expect(openCheckpoint(single).names()).toEqual(["only"]);
});

test("a missing shard is named", async () => {
  const directory = shardedDirectory();
  rmSync(join(directory, SECOND));
  const error = await thrownBy(() => openCheckpoint(directory));
  expect(error).toMatchObject({ code: "E_SHARD_MISSING", file: join(directory, SECOND) });
});

test("an index that disagrees with its shards is refused", async () => {
  const wrongShard = await thrownBy(() => openCheckpoint(shardedDirectory({ a: FIRST, b: FIRST, c: FIRST })));
  expect(wrongShard).toMatchObject({ code: "E_TENSOR_MISSING", expected: 'a tensor "b"' });
  const unlisted = await thrownBy(() => openCheckpoint(shardedDirectory({ a: FIRST, b: SECOND })));
  expect(unlisted).toMatchObject({ code: "E_INDEX_INVALID" });
  expect(unlisted.message).toContain('"c"');
  const escaping = await thrownBy(() => openCheckpoint(shardedDirectory({ a: "../elsewhere.safetensors" })));
  expect(escaping).toMatchObject({ code: "E_INDEX_INVALID" });
});

test("an index that is not one is refused", async () => {
  for (const text of ["", "[]", '{"weight_map": {"a": 1}}']) {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, INDEX), text);
    expect(await thrownBy(() => openCheckpoint(directory))).toMatchObject({ code: "E_INDEX_INVALID" });
  }
});

test("an unknown tensor and an empty directory are named", async () => {
  const checkpoint = openCheckpoint(shardedDirectory());
  expect(await thrownBy(() => checkpoint.read("d"))).toMatchObject({ code: "E_TENSOR_MISSING" });
  const empty = join(temporaryDirectory(), "empty");
  mkdirSync(empty);
  expect(await thrownBy(() => openCheckpoint(empty))).toMatchObject({ code: "E_FILE_MISSING", file: empty });
});
