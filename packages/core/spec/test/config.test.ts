import { expect, test } from "vitest";
import { ConfigError, ConfigReader } from "../src/index.js";

const read = (input: unknown) => {
  const fields = new ConfigReader("foo", input);
  const config = {
    rank: fields.integer("rank", 8, 1, 64),
    rate: fields.number("rate", 0.5, 0, 1),
    flag: fields.boolean("flag", true),
    kind: fields.choice("kind", ["a", "b"], "a"),
    names: fields.strings("names", ["x"]),
  };
  fields.done();
  return config;
};

test("absent fields take their defaults", () => {
  const defaults = { rank: 8, rate: 0.5, flag: true, kind: "a", names: ["x"] };
  for (const nothing of [undefined, null, {}]) expect(read(nothing)).toEqual(defaults);
});

test("text from the command line becomes what the field wants", () => {
  const config = read({ rank: "4", rate: "1e-3", flag: "false", kind: "b", names: "x+y" });
  expect(config).toEqual({ rank: 4, rate: 0.001, flag: false, kind: "b", names: ["x", "y"] });
});

test.each([
  [{ rank: 0 }, "foo.rank: expected an integer from 1 to 64, got 0"],
  [{ rank: 1.5 }, "foo.rank: expected an integer from 1 to 64, got 1.5"],
  [{ rank: "" }, 'foo.rank: expected an integer from 1 to 64, got ""'],
  [{ rate: 1 }, "foo.rate: expected a number in [0, 1), got 1"],
  [{ flag: "yes" }, 'foo.flag: expected true or false, got "yes"'],
  [{ kind: "c" }, 'foo.kind: expected one of a, b, got "c"'],
  [{ names: [1] }, "foo.names: expected a list of names, got [1]"],
  [{ ranks: 4 }, "foo.ranks: no such setting; known: rank, rate, flag, kind, names"],
  [JSON.parse('{"__proto__": 5}'), "foo.__proto__: no such setting; known: rank"], // N15
  [[4], "foo: expected an object of settings, got [4]"],
])("%j is refused by name and value", (input, message) => {
  expect(() => read(input)).toThrow(ConfigError);
  expect(() => read(input)).toThrow(message);
});
