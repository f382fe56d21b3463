import { expect, test } from "vitest";
import { z } from "zod";
import {
  defaultsOf,
  flagsOf,
  identityValues,
  optionalShape,
  recordedValues,
  recordShape,
  renamed,
  runOptions,
  settingsIn,
  suiteShape,
  tellingValues,
  toggle,
  trainingSettings,
  valuesOver,
  whole,
} from "../src/index.js";
import { orNone } from "../src/kinds/index.js";
import { overriddenBy, sweep } from "../src/setting.js";

const setting = settingsIn("How it is trained");
const whatever = { label: "Made up", help: "A setting that was made up" };

/** Made-up entries: whatever is derived from a table must follow from the entry alone. */
const table = {
  rounds: overriddenBy("mostRounds", setting({ kind: whole({ min: 1 }), default: 3, ...whatever })),
  mostRounds: setting({ kind: orNone(whole()), default: null, unset: "by the rounds", ...whatever }),
  logEvery: setting({ kind: whole({ min: 1 }), default: 10, identity: false, commands: ["glue", "plan"], ...whatever }),
  isLoud: setting({ kind: toggle(), default: false, ...whatever }),
  amount: sweep(setting({ kind: whole(), default: 1, ...whatever })),
};

test("a new entry is a field of suites, with its default or left out", () => {
  const suite = z.strictObject(suiteShape(table));
  expect(suite.parse({ isLoud: true, amount: [1, 2] })).toEqual({
    ...{ rounds: 3, mostRounds: null, logEvery: 10 },
    ...{ isLoud: true, amount: [1, 2] },
  });
  expect(z.strictObject(optionalShape(table)).parse({})).toEqual({});
  expect(suite.safeParse({ rounds: 0 }).success).toBe(false);
  expect(suite.safeParse({ amount: [] }).success).toBe(false);
});

test("values over others free themselves of what would override them, unless they give that too", () => {
  const below = { rounds: 3, mostRounds: 9, isLoud: false };
  expect(valuesOver(table, below, { rounds: 5 })).toEqual({ rounds: 5, mostRounds: null, isLoud: false });
  expect(valuesOver(table, below, { rounds: 5, mostRounds: 7 })).toEqual({ rounds: 5, mostRounds: 7, isLoud: false });
  expect(valuesOver(table, below, { isLoud: undefined })).toEqual(below);
});

test("a record without a new entry's field has the default that runs had before", () => {
  const record = z.object(recordShape(table));
  expect(record.parse({ logEvery: 7 })).toEqual({ ...defaultsOf(table), logEvery: 7 });
});

test("a record of before an entry has the value that runs had, under the name that it had", () => {
  const entry = setting({
    ...{ kind: whole(), default: 0, earlier: { name: "loudness", value: 5 } },
    ...whatever,
  });
  const record = z.object(recordShape({ volume: entry }));
  const read = (given: object) => record.parse(renamed({ volume: entry }, given));
  expect([read({}), read({ loudness: 7 }), read({ volume: 3, loudness: 7 })]).toEqual([
    { volume: 5 },
    { volume: 7 },
    { volume: 3 },
  ]);
});

test("a record has null for what another setting overrides", () => {
  const values = { ...defaultsOf(table), mostRounds: 0 };
  expect(recordedValues(table, values)).toEqual({ ...values, rounds: null });
  expect(recordedValues(table, defaultsOf(table)).rounds).toBe(3);
  expect(z.object(recordShape(table)).parse(recordedValues(table, values)).rounds).toBeNull();
});

test("what changes neither a result nor a cost is no part of a run's identity", () => {
  const { logEvery: _, ...others } = defaultsOf(table);
  expect(identityValues(table, recordedValues(table, defaultsOf(table)))).toEqual(others);
});

test("an entry that is part of the identity unless default leaves the identity of runs with its default as it was", () => {
  const entry = setting({ kind: whole(), default: 4, identity: "unless default", ...whatever });
  const later = { ...table, bits: entry };
  const identityOf = (values: object) =>
    identityValues(later, recordedValues(later, { ...defaultsOf(later), ...values }));
  const before = identityValues(table, recordedValues(table, defaultsOf(table)));
  expect(JSON.stringify(identityOf({}))).toBe(JSON.stringify(before));
  expect(identityOf({ bits: 5 })).toEqual({ ...before, bits: 5 });
  expect(tellingValues(later, recordedValues(later, defaultsOf(later)))).toEqual({ ...before, bits: 4 });
});

test("a run whose frozen weights are float32 is the run that it was before they could be anything else", () => {
  const identityOf = (values: object) =>
    identityValues(trainingSettings, recordedValues(trainingSettings, { ...defaultsOf(trainingSettings), ...values }));
  const { backboneDtype: _, ...before } = trainingSettings;
  expect(identityOf({})).toEqual(identityValues(before, recordedValues(before, defaultsOf(before))));
  expect(identityOf({ backboneDtype: "f32" })).not.toHaveProperty("backboneDtype");
  for (const backboneDtype of ["bf16", "nf4", "file"])
    expect(identityOf({ backboneDtype })).toMatchObject({ backboneDtype });
});

test("a run whose products are float32 is the run that it was before they could be anything else", () => {
  const identityOf = (values: object) =>
    identityValues(runOptions, recordedValues(runOptions, { ...defaultsOf(runOptions), ...values }));
  expect(identityOf({})).not.toHaveProperty("precision");
  for (const precision of ["f16", "f32x3"]) expect(identityOf({ precision })).toMatchObject({ precision });
});

test("a new entry is a flag of the commands it names, with its text, help and default", () => {
  const flags = flagsOf(table, "glue");
  expect(flags.map((flag) => flag.flags)).toEqual([
    "--rounds <n>",
    "--most-rounds <n>",
    "--log-every <n>",
    "--is-loud [on|off]",
    "--amount <n,...>",
  ]);
  expect(flags.map(({ excludes }) => excludes)).toEqual(["mostRounds", null, null, null, null]);
  expect(flags.map(({ parse }) => parse).map((parse, index) => parse(["5", "none", "2", "on", "1,2"][index]!))).toEqual(
    [...[5, null, 2], ...[true, [1, 2]]],
  );
  expect(flags.map(({ key, show }) => show(defaultsOf(table)[key as keyof typeof table]))).toEqual([
    ...["3", "by the rounds"],
    ...["10", "off", "1"],
  ]);
  expect(flagsOf(table, "plan").map(({ key }) => key)).toEqual(["logEvery"]);
});
