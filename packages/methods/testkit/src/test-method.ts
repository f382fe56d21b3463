import { AttachmentError, ConfigError, type PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { TestMethodOptions } from "./options.js";
import { testProperties } from "./properties.js";
import { kindOf, openTestDevice, type Stage, stages, testBackbone } from "./stage.js";

/** The conformance suite: every method package calls it once, with each of its main settings. It runs on every family. */
export function testMethod<Config>(method: PetlMethod<Config>, options: TestMethodOptions = {}): void {
  const title = options.config === undefined ? method.name : `${method.name} ${JSON.stringify(options.config)}`;

  describe(title, () => {
    beforeAll(async () => {
      await openTestDevice();
    });

    test("names its contract, itself and its paper", () => {
      expect(method.specVersion).toBe("v1");
      expect(method.name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(method.paper.title).not.toBe("");
      expect(() => new URL(method.paper.url)).not.toThrow();
    });

    test("default settings parse, and a bad field is refused by name and value", () => {
      const defaults = method.parse(undefined) as Record<string, unknown>;
      expect(method.parse({})).toEqual(defaults);
      expect(method.parse(defaults)).toEqual(defaults);
      expect(refusal(() => method.parse({ noSuchSetting: 1 }))).toContain("noSuchSetting");
      for (const field of Object.keys(defaults)) {
        const message = refusal(() => method.parse({ [field]: { unexpected: "thing" } }));
        expect(message).toContain(field);
        expect(message).toContain("unexpected");
      }
    });

    describe.each(stages)("on $title:", (stage) => {
      if (options.kinds?.includes(kindOf(stage.family)) ?? true) testProperties(stage, method, options);
      else testRefusal(stage, method, options);
    });
  });
}

function testRefusal<Config>({ family, head }: Stage, method: PetlMethod<Config>, options: TestMethodOptions): void {
  test("is refused in one line that says what was expected", () => {
    const backbone = testBackbone(family, head);
    const attach = () => method.attach(backbone, method.parse(options.config), seededRandom(0));
    expect(attach).toThrow(AttachmentError);
    expect(attach).toThrow(new RegExp(`^${method.name}: expected .+, (got|found) .+$`));
    backbone.dispose();
  });
}

function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return expect.fail("expected a ConfigError, nothing was thrown");
}
