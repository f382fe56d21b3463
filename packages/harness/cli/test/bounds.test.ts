import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny } from "./bench-command.js";

/** The only line that a command prints to stderr; it must end by itself with exit code 2. */
async function refusal(args: readonly string[], directory: string): Promise<string> {
  const { exitCode, stderr } = await startBench(args, directory);
  expect(stderr.trim().split("\n"), stderr).toHaveLength(1);
  expect(exitCode).toBe(2);
  return stderr;
}

test("R4, R5: a geometry, a length or a batch that no machine could hold is refused at once", async () => {
  const directory = temporaryDirectory();
  const sizes = { vocab_size: 4096, d_model: 64, d_kv: 16, d_ff: 256, num_heads: 4 };
  writeFileSync(join(directory, "config.json"), JSON.stringify({ model_type: "t5", ...sizes, num_layers: 1e7 }));
  expect(await refusal(["plan", "--backbone", "config.json"], directory)).toMatch(/num_layers: Too big/);
  expect(await refusal(["plan", "--max-length", "100000000"], directory)).toMatch(/from 2 to 4,096, got "100000000"/);
  expect(await refusal(["plan", "--batch-size", "100000000"], directory)).toMatch(/from 1 to 65,536/);
  expect(await refusal(["glue", "--threads", "5000"], directory)).toMatch(/from 1 to 4,096, got "5000"/);
});

test.runIf(process.platform === "linux")(
  "R4, R9: a suite or data that are no plain file, or too large, are refused unread",
  async () => {
    const directory = temporaryDirectory();
    for (const name of ["pipe.json", "pipe.mjs"]) {
      execFileSync("mkfifo", [join(directory, name)]);
      expect(await refusal(["glue", "--suite", name], directory)).toMatch(/expected a regular file, got a named pipe/);
    }
    writeFileSync(join(directory, "huge.json"), "");
    truncateSync(join(directory, "huge.json"), 300e6);
    expect(await refusal(["glue", "--suite", "huge.json"], directory)).toMatch(/expected at most 16,777,216 bytes/);
    mkdirSync(join(directory, "glue", "SST-2"), { recursive: true });
    for (const name of ["train.tsv", "dev.tsv"]) execFileSync("mkfifo", [join(directory, "glue", "SST-2", name)]);
    const sst2 = [...tiny, "--tasks", "sst2", "--data", "glue"];
    expect(await refusal(["glue", ...sst2], directory)).toMatch(/train\.tsv: .*got a named pipe/);
  },
);
