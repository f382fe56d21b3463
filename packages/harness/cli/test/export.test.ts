import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "@petl/checkpoint";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

const query = "encoder.block.1.layer.0.SelfAttention.q";

test("a tuned model is written in its method's layout, and merged it is a backbone that scores the same", {
  timeout: 600_000,
}, async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const bench = async (...args: string[]) => startBench(args, directory);
  /** Tunes, saves, and returns the saved model's directory. */
  const tune = async (out: string, ...choice: string[]) => {
    const data = ["--data", "glue", "--tasks", "sst2"];
    const { exitCode, stderr } = await bench("glue", ...tiny, ...data, ...choice, "--out", out, "--save");
    expect(exitCode, stderr).toBe(0);
    return join(out, "models", readdirSync(join(directory, out, "models"))[0]!);
  };
  const scoreOf = async (model: string) => {
    const { method, config, wallTimeS, ...rest } = JSON.parse((await bench("eval", model, "--json")).stdout);
    return rest;
  };

  const tuned = await tune("low", "--method", "lora:rank=2,alpha=6", "--learning-rate", "0.05");
  expect((await bench("export", tuned, "--out", "merged")).exitCode).toBe(0);
  const config = join(directory, "merged", "config.json");
  const written = readFileSync(config, "utf8").replace("0.000001", "1e-06");
  expect(written).toContain('"layer_norm_epsilon": 1e-06');
  writeFileSync(config, written);
  const untouched = ["--method", "full", "--learning-rate", "1e-30"]; // too small to change a weight
  const again = await tune("again", "--backbone", "merged", ...untouched);
  expect(await scoreOf(again)).toEqual(await scoreOf(tuned));

  expect((await bench("export", again, "--out", "merged-again")).exitCode).toBe(0);
  expect(readFileSync(join(directory, "merged-again", "config.json"), "utf8")).toBe(written); // numbers as they were

  expect((await bench("export", tuned, "--layout", "peft")).exitCode).toBe(0);
  const layout = join(directory, tuned, "peft");
  const settings = JSON.parse(readFileSync(join(layout, "adapter_config.json"), "utf8"));
  expect(settings).toMatchObject({ peft_type: "LORA", r: 2, lora_alpha: 6, task_type: "SEQ_2_SEQ_LM" });
  expect(settings.target_modules).toContain(query);
  const [ours, theirs] = [
    readSafetensors(join(directory, tuned, "trained.safetensors")),
    readSafetensors(join(layout, "adapter_model.safetensors")),
  ];
  expect(theirs.read(`base_model.model.${query}.lora_A.weight`)).toEqual(ours.read("encoder.1.attention.query.loraA"));
  ours.close();
  theirs.close();

  const { score } = await scoreOf(tuned);
  for (const [folder, library] of [
    [tuned, "petl-bench"],
    ["merged", "transformers"],
    [join(tuned, "peft"), "peft"],
  ]) {
    const card = readFileSync(join(directory, folder!, "README.md"), "utf8");
    expect(card).toContain(`library_name: ${library}\nlicense: unknown\n`);
    expect(card).toContain(`## Score\n\n- ${score.toFixed(1)} of 100`);
    expect(card).not.toContain(directory);
  }

  const refused = await bench("export", again, "--layout", "peft");
  expect([refused.exitCode, refused.stderr.trim().split("\n").length]).toEqual([2, 1]);
  expect(refused.stderr).toContain('layout "peft": full cannot be written so; expected one of merged');
  expect(existsSync(join(directory, again, "peft"))).toBe(false);
});
