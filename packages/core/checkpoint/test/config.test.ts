import { execFileSync } from "node:child_process";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadTokenizer, readConfig, readSafetensors, resolveCheckpoint } from "../src/index.js";
import { temporaryDirectory } from "./temporary-directory.js";
import { thrownBy } from "./thrown.js";

const schema = z.object({
  d_model: z.number().int(),
  dense: z.object({ act: z.enum(["relu", "gelu"]) }),
  n: z.number().default(2),
});

function directoryWith(text: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "config.json"), text);
  return directory;
}

test("a config is read through its schema, defaults included", () => {
  expect(readConfig(directoryWith('{"d_model": 8, "dense": {"act": "relu"}, "other": 1}'), schema)).toEqual({
    d_model: 8,
    dense: { act: "relu" },
    n: 2,
  });
});

test("each field at fault is named", async () => {
  const directory = directoryWith('{"d_model": "8", "dense": {"act": "tanh"}}');
  const error = await thrownBy(() => readConfig(directory, schema));
  expect(error).toMatchObject({ code: "E_CONFIG_INVALID", file: join(directory, "config.json") });
  expect(error.got).toMatch(/d_model: .*; dense\.act: .*/);
});

test("a config that is absent or no JSON says so", async () => {
  expect(await thrownBy(() => readConfig(temporaryDirectory(), schema))).toMatchObject({ code: "E_FILE_MISSING" });
  expect(await thrownBy(() => readConfig(directoryWith("{,"), schema))).toMatchObject({ code: "E_CONFIG_INVALID" });
});

test.runIf(process.platform === "linux")(
  "R4: a pipe or a device in place of any file is refused unopened",
  async () => {
    const files = { "config.json": "{}", "tokenizer.json": "{}", "model.safetensors": "x" };
    for (const odd of Object.keys(files)) {
      for (const kind of ["named pipe", "device"]) {
        const directory = temporaryDirectory();
        for (const [name, content] of Object.entries(files))
          if (name !== odd) writeFileSync(join(directory, name), content);
        const path = join(directory, odd);
        if (kind === "device") symlinkSync("/dev/zero", path);
        else execFileSync("mkfifo", [path]);
        await expect(resolveCheckpoint(directory)).rejects.toThrow(`${path}: expected a regular file, got a ${kind}`);
        const read = {
          "config.json": readConfig,
          "tokenizer.json": loadTokenizer,
          "model.safetensors": readSafetensors,
        }[odd]!;
        const error = await thrownBy(() => read(odd === "model.safetensors" ? path : directory, schema as never));
        expect(error.message).toContain(`got a ${kind} (expected a regular file)`);
      }
    }
  },
);

test("R9: a description or a tokenizer beyond any real one is refused by its size", async () => {
  const directory = directoryWith("{}");
  writeFileSync(join(directory, "tokenizer.json"), "{}");
  truncateSync(join(directory, "config.json"), 2 ** 40);
  truncateSync(join(directory, "tokenizer.json"), 2 ** 40);
  for (const read of [() => readConfig(directory, schema), () => loadTokenizer(directory)])
    expect((await thrownBy(read)).message).toMatch(/expected at most [\d,]+ bytes/);
});
