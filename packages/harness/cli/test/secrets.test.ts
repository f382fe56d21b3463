import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

const secrets = {
  HF_TOKEN: "hf_canaryTokenOfTheHub0123456789",
  HUGGING_FACE_HUB_TOKEN: "hf_canaryOlderTokenOfTheHub98765",
  WANDB_API_KEY: "canary5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d",
};

/** Every file below a folder, its name and bytes as one text. */
function everything(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => `${path}\n${readFileSync(join(folder, path), "latin1")}`);
}

test("no secret of the environment is written or printed by a suite, its reports, a saved model or what shows them", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const env = { ...secrets, HOME: join(directory, "home"), PETL_CACHE: join(directory, "cache"), PETL_DEBUG: "1" };
  const printed: string[] = [];
  const run = async (...words: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await startBench(words, directory, env);
    printed.push(stdout, stderr);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  const suite = ["--data", data, "--tasks", "sst2", "--methods", "lora", ...tiny, "--save", "--out", "out"];
  await run("glue", ...suite, "--json");
  await run("report", "out", "--json");
  await run("doctor", "--json");
  const [model = ""] = readdirSync(join(directory, "out", "models"));
  await run("eval", join("out", "models", model));
  const failing = await startBench(["glue", "--data", data, "--backbone", "hf:nobody/../nothing"], directory, env);
  expect(failing.exitCode).toBe(2);

  const written = everything(directory);
  expect(written.length).toBeGreaterThan(10);
  const all = [...written, ...printed, failing.stdout, failing.stderr].join("\n");
  for (const [name, secret] of Object.entries(secrets)) expect(all.includes(secret), name).toBe(false);
});
