import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { readConfig } from "../src/index.js";
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
