import { describe, expect, test } from "vitest";
import {
  type Field,
  flagName,
  flagsOf,
  runOptions,
  type Setting,
  suiteFields,
  trainingSettings,
} from "../src/index.js";

const settings: [string, Setting<unknown>][] = Object.entries({ ...trainingSettings, ...runOptions });
const fields: [string, Field<unknown>][] = [...settings, ...Object.entries(suiteFields)];

describe.each(fields)("%s", (key, field) => {
  test("has a sentence of help and a command that takes it", () => {
    expect(field.help).toMatch(/^[A-Z][^\n]{8,}[^.\n]$/);
    expect(field.commands.length).toBeGreaterThan(0);
    for (const command of field.commands) {
      const [flag] = flagsOf({ [key]: field }, command);
      expect(flag?.flags).toMatch(/^--[a-z]+(-[a-z]+)* [<[].+[>\]]$/);
    }
  });
});

describe.each(settings)("%s", (_key, { kind, default: value, label }) => {
  test("has a default that its schema takes and that text says", () => {
    expect(kind.schema.parse(value)).toEqual(value);
    expect(kind.parse(kind.show(value))).toEqual(value);
    expect(label).not.toBe("");
  });
});

test("flags and labels are unique", () => {
  const flags = fields.map(([key]) => flagName(key));
  const labels = settings.map(([, { label }]) => label);
  expect(new Set(flags).size).toBe(fields.length);
  expect(new Set(labels).size).toBe(settings.length);
});

test("what overrides a setting is a setting of the same table, and none by default", () => {
  for (const table of [trainingSettings, runOptions])
    for (const { excludes } of flagsOf(table, "glue"))
      if (excludes !== null) expect((table as Record<string, Setting<unknown>>)[excludes]?.default).toBeNull();
});
