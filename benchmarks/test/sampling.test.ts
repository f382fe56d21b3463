import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../sampling.mjs", import.meta.url));
const env = { ...process.env, CUDA_VISIBLE_DEVICES: undefined, NVIDIA_SMI: "/nonexistent" }; // the stand-in also where there is a GPU

test("the script that measures what sampling costs runs, and gives each figure", () => {
  const args = [script, "--seconds=0.2", "--settle=0", "--rounds=0"];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const [machine, ...shares] = stdout.split("\n").filter((line) => /^\S/.test(line)); // a starved sampler's problems are indented
  expect(machine).toMatch(/, \d+ cores, Node v\S+; sampled: a stand-in \(no GPU here\)$/);
  const figures =
    /: sampler \d+\.\d\d % of one core \(user \d+ ms, system \d+ ms in 0\.2 s\), nvidia-smi (\d+\.\d\d %|unknown), (\d+) samples$/;
  expect(shares).toHaveLength(3);
  for (const line of shares) {
    expect(line).toMatch(figures);
    expect(Number(figures.exec(line)?.[2])).toBeGreaterThan(0);
  }
});
