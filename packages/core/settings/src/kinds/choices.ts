import { z } from "zod";
import { type Kind, SettingError } from "../kind.js";

/** One of a list of names. */
export function choice<const Name extends string>(names: readonly Name[], placeholder = "<name>"): Kind<Name> {
  return {
    schema: z.enum(names),
    placeholder,
    words: names,
    parse(text) {
      const found = names.find((name) => name === text);
      if (found !== undefined) return found;
      throw new SettingError(`one of ${names.join(", ")}`, text);
    },
    show: (name) => name,
  };
}

/** On or off; the flag alone turns it on. */
export function toggle(): Kind<boolean> {
  return {
    schema: z.boolean(),
    placeholder: "[on|off]",
    words: ["on", "off"],
    parse(text) {
      if (text === "on" || text === "off") return text === "on";
      throw new SettingError("on or off", text);
    },
    show: (value) => (value ? "on" : "off"),
  };
}

/** Any text that is not empty; `words` are some that have a meaning of their own. */
export function text(placeholder = "<name>", words: readonly string[] = []): Kind<string> {
  return {
    schema: z.string().min(1),
    placeholder,
    words,
    parse(given) {
      if (given !== "") return given;
      throw new SettingError("a name", given);
    },
    show: (value) => value,
  };
}

/** A value of the kind, or null, written `none`. */
export function orNone<Value>(kind: Kind<Value>): Kind<Value | null> {
  return {
    ...kind,
    schema: kind.schema.nullable(),
    words: [...(kind.words ?? []), "none"],
    parse: (given) => (given === "none" ? null : kind.parse(given)),
    show: (value) => (value === null ? "none" : kind.show(value)),
  };
}

/** A value of the kind, or one of these words. */
export function orWord<Value, const Word extends string>(
  kind: Kind<Value>,
  ...words: readonly [Word, ...Word[]]
): Kind<Value | Word> {
  const isWord = (value: unknown): value is Word => words.some((word) => word === value);
  return {
    schema: z.union([kind.schema, z.enum(words)]) as z.ZodType<Value | Word, Value | Word>,
    placeholder: kind.placeholder.replace(">", `|${words.join("|")}>`),
    words: [...(kind.words ?? []), ...words],
    parse(text) {
      if (isWord(text)) return text;
      try {
        return kind.parse(text);
      } catch (error) {
        if (!(error instanceof SettingError)) throw error;
        throw new SettingError([error.expected, ...words.map((word) => `"${word}"`)].join(" or "), text);
      }
    },
    show: (value) => (isWord(value) ? value : kind.show(value as Value)),
  };
}
