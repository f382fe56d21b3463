import { parseSuite } from "@petl/bench";
import { presets } from "@petl/presets";
import { expect, test } from "vitest";
import { foreignRatesNotice, withoutForeignRates } from "../../src/commands/glue/fitted-settings.js";
import { startBench, temporaryDirectory } from "../bench-command.js";

const suite = parseSuite(
  {
    name: "mine",
    methods: [{ method: "lora", config: { rank: 2, learningRateScale: 10 } }],
    tasks: ["sst2"],
    backbone: "mini",
    fittedFor: ["mini", "mini-random"],
    settings: { epochs: 2, learningRate: 1e-3 },
    taskSettings: { sst2: { learningRate: 2e-3, batchSize: 4 } },
  },
  "test",
);

test("another backbone gets neither the suite's learning rates nor its methods' scales, and all else", () => {
  expect(withoutForeignRates(suite, "t5-base")).toEqual({
    ...suite,
    methods: [{ method: "lora", config: { rank: 2 }, settings: {} }],
    settings: { epochs: 2 },
    taskSettings: { sst2: { batchSize: 4 } },
  });
  expect(foreignRatesNotice({ ...suite, backbone: "t5-base" })).toMatch(
    /fitted to mini, mini-random.*NOT applied to t5-base/,
  );
});

test.each([undefined, "mini", "mini-random", "@petl/backbone-mini"])(
  "backbone %s keeps the rates fitted to it",
  (name) => {
    expect(withoutForeignRates(suite, name)).toEqual(suite);
    expect(foreignRatesNotice({ ...suite, backbone: name ?? suite.backbone })).toBeNull();
  },
);

test("a suite that names no fitted backbones holds for any", () => {
  const { fittedFor, ...any } = suite;
  expect(withoutForeignRates(any, "t5-base")).toEqual(any);
  expect(foreignRatesNotice({ ...any, backbone: "t5-base" })).toBeNull();
});

test("every preset with fitted rates says which backbones they fit", () => {
  const scaled = Object.values(presets).filter(({ methods }) =>
    methods.some(({ config }) => config !== undefined && "learningRateScale" in config),
  );
  expect(scaled.length).toBeGreaterThan(2);
  for (const preset of scaled) expect(preset.fittedFor).toContain(preset.backbone);
});

test("quick on another backbone shows unscaled methods, and a warning on stderr", async () => {
  const command = [
    "glue",
    "--preset",
    "quick",
    "--backbone",
    "t5-tiny-random",
    "--data",
    "sample",
    "--dry-run",
    "--json",
  ];
  const { stdout, stderr, exitCode } = await startBench(command, temporaryDirectory());
  expect(exitCode).toBe(0);
  const { runs } = JSON.parse(stdout) as { runs: { method: string; config: object; learningRate: number }[] };
  for (const { method, config, learningRate } of runs) {
    if (["lora", "bitfit"].includes(method)) expect(config).toMatchObject({ learningRateScale: 1 });
    expect(learningRate).toBe(3e-4);
  }
  expect(stderr).toMatch(
    /^warning: the learning rates of "quick" are fitted to mini, mini-random and NOT applied[^\n]+$/,
  );
});

test("a learning rate given on the command line is used on any backbone", async () => {
  const command = [
    "glue",
    "--backbone",
    "t5-tiny-random",
    "--method",
    "lora:learningRateScale=7",
    "--learning-rate",
    "0.02",
  ];
  const { stdout } = await startBench([...command, "--data", "sample", "--dry-run", "--json"], temporaryDirectory());
  const { runs } = JSON.parse(stdout) as { runs: object[] };
  expect(runs[0]).toMatchObject({ method: "lora", config: { learningRateScale: 7 }, learningRate: 0.02 });
});
