import { execFile, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { WandbTracker } from "../../src/wandb/wandb.js";
import { events, run, suite } from "../events.js";
import { newFolder } from "./new-folder.js";
import { startWandbServer } from "./wandb-server.js";

const wandb = process.env.WANDB ?? "wandb";
const isThere = spawnSync(wandb, ["--version"]).status === 0;
if (!isThere) console.warn(`no ${wandb}: that W&B's own program reads our files is not tested; set WANDB to its path`);

test.skipIf(!isThere)("wandb sync sends every row, setting and result", { timeout: 60_000 }, async () => {
  const out = newFolder();
  const tracker = new WandbTracker({ ...suite, out }, {}, () => {});
  const losses = Array.from({ length: 600 }, (_, at) => 1 / (at + 1)); // several blocks of the file
  for (const event of events(losses)) tracker.on(event);
  await tracker.close();
  const { url, runs } = await startWandbServer();
  const env = { PATH: process.env.PATH, HOME: newFolder(), WANDB_BASE_URL: url, WANDB_API_KEY: "0".repeat(40) };
  const { stdout, stderr } = await promisify(execFile)(wandb, ["sync", join(out, "wandb")], { cwd: env.HOME, env });
  const said = stdout + stderr;
  expect(said).toMatch(/Finished syncing/);

  expect(runs.size).toBe(1);
  const { made, history, summary, exitCode, files } = [...runs.values()][0]!;
  expect(made).toMatchObject({ project: "ranks", groupName: "ranks", jobType: "final", displayName: run.id });
  const config = JSON.parse(made.config as string);
  expect([config["method.rank"], config.learningRate, config.method]).toEqual(
    [4, 0.001, "alpha"].map((value) => ({ value })),
  );
  expect(history.map(({ _step, "train/loss": loss }) => [_step, loss])).toEqual(
    losses.map((loss, at) => [at + 1, loss]),
  );
  expect(summary).toMatchObject({
    _step: 600,
    "train/loss": losses.at(-1),
    "result/backward_layers": expect.any(Number),
  });
  expect(exitCode).toBe(0);
  expect(files).toContain("config.yaml");
  const [folder = ""] = readdirSync(join(out, "wandb"));
  expect(readdirSync(join(out, "wandb", folder)).some((name) => name.endsWith(".synced"))).toBe(true);
});
