import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type RunRecord, readRecords } from "@petl/results";
import { expect, onTestFinished, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

const suite = (data: string): string[] => [
  ...["glue", ...tiny, "--data", data, "--tasks", "sst2", "--methods", "lora,bitfit", "--out", "out"],
];

const WANDB_API_KEY = "canaryKeyOfWandb";

test("--log writes for each run a file for TensorBoard and a folder for W&B, with its losses, scores, costs and settings", async () => {
  const directory = temporaryDirectory();
  const words = [...suite(writeTasks(directory)), "--log", "tensorboard,wandb"];
  const { exitCode, stderr } = await startBench(words, directory, { WANDB_API_KEY, WANDB_PROJECT: "ours" });
  expect(exitCode, stderr).toBe(0);
  const lines = stderr.split("\n").filter((line) => line.includes("--log"));
  const wandb = join(directory, "out", "wandb");
  expect(lines).toEqual([`note: --log wandb: to send these runs to W&B: wandb sync ${wandb}`]);
  const { records } = await readRecords(join(directory, "out"));
  expect(records).toHaveLength(2);
  const ids = records.map(({ id }) => id).sort();
  const tensorboard = join(directory, "out", "tensorboard");
  expect(readdirSync(tensorboard).sort()).toEqual(ids);
  for (const record of records) expectEvents(tensorboard, record);
  const names = readdirSync(wandb).map((name) => /^offline-run-\d{8}_\d{6}-((.+)-[0-9a-f]{8})$/.exec(name)!);
  expect(names.map(([, , run]) => run).sort()).toEqual(ids);
  for (const [folder, id] of names) {
    const text = readFileSync(join(wandb, folder, `run-${id}.wandb`), "latin1");
    for (const word of ["ours", "train/loss", "evaluation/score", "result/trainable_parameters", "time/training_s"])
      expect(text).toContain(word);
    expect(text).not.toContain(WANDB_API_KEY);
  }
});

function expectEvents(folder: string, { id, run, scores, curve }: RunRecord): void {
  const [name, ...others] = readdirSync(join(folder, id));
  expect([name, others]).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\.petl-bench$/), []]);
  const bytes = readFileSync(join(folder, id, name!));
  const text = bytes.toString("latin1");
  for (const tag of ["train/learning_rate", "result/trainable_parameters", "memory/peak_host_bytes", "time/training_s"])
    expect(text).toContain(tag);
  expect(text).toContain(`| method | ${run.method} |`);
  expect(text.split("train/loss").length - 1).toBe(curve.length);
  expect(floatsAfter(bytes, "evaluation/score")).toEqual(scores!.evaluations.map(({ score }) => Math.fround(score)));
}

/** The values of a tag: a byte for the field, then a 32-bit float. */
function floatsAfter(bytes: Buffer, tag: string): number[] {
  const values: number[] = [];
  for (let at = bytes.indexOf(tag); at >= 0; at = bytes.indexOf(tag, at + 1))
    values.push(bytes.readFloatLE(at + tag.length + 1));
  return values;
}

test("where nothing can be logged, one line says so and the suite ends as without", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  expect((await startBench([...suite(data), "--methods", "lora"], directory)).exitCode).toBe(0);
  writeFileSync(join(directory, "out", "tensorboard"), "in the way");
  const { exitCode, stderr } = await startBench([...suite(data), "--log", "tensorboard"], directory);
  expect(exitCode).toBe(0);
  const lines = stderr.split("\n").filter((line) => line.includes("--log"));
  expect(lines).toEqual([expect.stringMatching(/^warning: --log tensorboard: .*records are not affected$/)]);
  expect((await readRecords(join(directory, "out"))).records.map(({ status }) => status)).toEqual([
    "completed",
    "completed",
  ]);
});

test("--log mlflow hands every run to the server that the environment names, and is refused without one", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const none = await startBench([...suite(data), "--log", "mlflow"], directory, { MLFLOW_TRACKING_URI: "" });
  expect([none.exitCode, none.stderr]).toEqual([
    2,
    expect.stringMatching(/^error: --log mlflow: expected MLFLOW_TRACKING_URI[^\n]*$/),
  ]);
  expect(existsSync(join(directory, "out"))).toBe(false);

  const ended: string[] = [];
  let made = 0;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      const call = request.url!.replace("/api/2.0/mlflow/", "").split("?")[0];
      if (call === "runs/update") ended.push(`${JSON.parse(text).run_id} ${JSON.parse(text).status}`);
      const answer = call === "runs/create" ? { run: { info: { run_id: `r${++made}` } } } : {};
      response.end(JSON.stringify({ experiment: { experiment_id: "1" }, ...answer }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const MLFLOW_TRACKING_URI = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { exitCode, stderr } = await startBench([...suite(data), "--log", "mlflow"], directory, {
    MLFLOW_TRACKING_URI,
  });
  expect([exitCode, stderr.includes("--log")]).toEqual([0, false]);
  expect(ended).toEqual(["r1 FINISHED", "r2 FINISHED"]);
});

test("an unknown place is refused in one line", async () => {
  const { exitCode, stderr } = await startBench(["glue", "--log", "tensorboard,nowhere"], temporaryDirectory());
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: [^\n]*--log[^\n]*got "nowhere"[^\n]*\n?$/)]);
});
