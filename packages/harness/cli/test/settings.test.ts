import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildReport } from "@petl/report";
import { parseRecord } from "@petl/results";
import {
  defaultsOf,
  flagName,
  flagsOf,
  recordedValues,
  runOptions,
  type Setting,
  trainingSettings,
} from "@petl/settings";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { syntheticRecord } from "../../results/test/record-factory.js";
import { defineGlue } from "../src/commands/glue/define.js";
import type { GlueFlags } from "../src/commands/glue/flags.js";
import { suiteFromFlags } from "../src/commands/glue/suite-from-flags.js";

/** Texts of flags that are no default of any preset; whoever adds a setting of another kind adds one here. */
const texts = ["on", "off", "7", "0.125", "9GB", "cosine", "free", "lst", "simd", "tuned", "nf4+dq", "f32x3"];

/** The flags as commander hands them to `bench glue`. */
function flagsFrom(args: readonly string[]): GlueFlags {
  const program = new Command().exitOverride();
  defineGlue(program, () => {});
  const glue = program.commands[0]!.exitOverride().configureOutput({ outputError: () => {} });
  glue.parseOptions([...args]);
  return glue.opts();
}

/** A text that the setting takes and that is not its default. */
function otherText({ kind, default: value }: Setting<unknown>): string {
  return texts.find((text) => {
    try {
      return kind.show(kind.parse(text)) === text && text !== kind.show(value);
    } catch {
      return false;
    }
  })!;
}

const tables = { ...trainingSettings, ...runOptions };

describe.each(Object.entries(tables) as [string, Setting<unknown>][])("%s", (key, setting) => {
  test("goes from its flag through the suite, the run and the record to the report", async () => {
    const text = otherText(setting);
    const value = setting.kind.parse(text);
    const { suite } = await suiteFromFlags(flagsFrom(["--preset", "read", `${flagName(key)}=${text}`]));
    expect(key in trainingSettings ? suite.settings : suite).toMatchObject({ [key]: value });

    const values = { ...defaultsOf(tables), [key]: value };
    const record = syntheticRecord();
    record.run.settings = recordedValues(tables, values);
    const read = parseRecord(JSON.parse(JSON.stringify(record)));
    expect(read.run.settings).toMatchObject({ [key]: value });

    const { facts, settings } = buildReport([read], { reference: "none" }).groups[0]!;
    expect([...facts, ...settings]).toContainEqual({ label: setting.label, value: text });
  });
});

test("epochs replace the steps of a preset, and toggles need no value", async () => {
  const { suite } = await suiteFromFlags(flagsFrom(["--preset", "low-data", "--epochs", "2", "--recompute"]));
  expect(suite.settings).toMatchObject({ epochs: 2, steps: null, recompute: true });
  const off = await suiteFromFlags(flagsFrom(["--bucketing", "off", "--limit", "none", "--steps", "0"]));
  expect(off.suite).toMatchObject({ limit: null, settings: { steps: 0, bucketing: false } });
});

test("settings of a method stand over the flags that all share, and these over a suite's methods", async () => {
  const { suite } = await suiteFromFlags(flagsFrom(["--steps=9", "--methods=lora", "--method=read:train.epochs=24"]));
  expect(suite.settings.steps).toBe(9);
  expect(suite.methods).toEqual([
    { method: "lora", config: expect.anything(), settings: {} },
    { method: "read", config: expect.anything(), settings: { steps: null, epochs: 24 } },
  ]);
  const methods = [{ method: "read", settings: { steps: 100, batchSize: 2 } }, { method: "full" }];
  const file = join(mkdtempSync(join(tmpdir(), "petl-suite-")), "own.json");
  writeFileSync(file, JSON.stringify({ name: "own", methods, tasks: ["sst2"], backbone: "mini" }));
  const armsOf = async (...args: string[]) =>
    (await suiteFromFlags(flagsFrom([`--suite=${file}`, ...args]))).suite.methods.map(({ settings }) => settings);
  expect(await armsOf()).toEqual([{ steps: 100, batchSize: 2 }, {}]);
  expect(await armsOf("--epochs=2")).toEqual([{ batchSize: 2 }, {}]); // what would override it too
  expect(await armsOf("--methods=read,full")).toEqual([{ steps: 100, batchSize: 2 }, {}]);
});

test("seeds are given as ranges", async () => {
  const { suite } = await suiteFromFlags(flagsFrom(["--seeds", "0-2,5"]));
  expect(suite.seeds).toEqual([0, 1, 2, 5]);
});

test("every flag of a table is declared with its help", () => {
  const program = new Command();
  defineGlue(program, () => {});
  const help = program.commands[0]!.options.map(({ flags, description }) => `${flags} ${description}`);
  for (const { flags, field } of flagsOf(tables, "glue"))
    expect(help).toContainEqual(expect.stringContaining(`${flags} ${field.help} (default: `));
});
