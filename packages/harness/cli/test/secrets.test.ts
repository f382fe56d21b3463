import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

const secrets = {
  HF_TOKEN: "hf_canaryTokenOfTheHub0123456789",
  HUGGING_FACE_HUB_TOKEN: "hf_canaryOlderTokenOfTheHub98765",
  MLFLOW_TRACKING_TOKEN: "canaryTokenOfTheTrackingServer13579",
  MLFLOW_TRACKING_PASSWORD: "canaryPasswordOfTheTrackingServer24680",
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
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(String(request.headers.authorization));
    response
      .writeHead(500)
      .end(JSON.stringify({ error_code: "INTERNAL_ERROR", message: request.headers.authorization }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const MLFLOW_TRACKING_URI = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    ...secrets,
    MLFLOW_TRACKING_URI,
    HOME: join(directory, "home"),
    PETL_CACHE: join(directory, "cache"),
    PETL_DEBUG: "1",
  };
  const printed: string[] = [];
  const run = async (...words: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await startBench(words, directory, env);
    printed.push(stdout, stderr);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  const suite = ["--data", data, "--tasks", "sst2", "--methods", "lora", ...tiny, "--save", "--out", "out"];
  await run("glue", ...suite, "--json", "--log", "tensorboard,mlflow,wandb");
  await run("report", "out", "--json");
  await run("doctor", "--json");
  const [model = ""] = readdirSync(join(directory, "out", "models"));
  await run("eval", join("out", "models", model));
  const failing = await startBench(["glue", "--data", data, "--backbone", "hf:nobody/../nothing"], directory, env);
  expect(failing.exitCode).toBe(2);

  expect(received).toEqual([`Bearer ${secrets.MLFLOW_TRACKING_TOKEN}`]); // it was sent, where it belongs
  expect(printed.join("\n")).toContain("warning: --log mlflow");

  const written = everything(directory);
  expect(written.length).toBeGreaterThan(10);
  const all = [...written, ...printed, failing.stdout, failing.stderr].join("\n");
  for (const [name, secret] of Object.entries(secrets)) expect(all.includes(secret), name).toBe(false);
});
