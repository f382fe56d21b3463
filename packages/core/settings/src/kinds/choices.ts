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

/** A value of the kind, or this word. */
export function orWord<Value, const Word extends string>(kind: Kind<Value>, word: Word): Kind<Value | Word> {
  return {
    schema: z.union([kind.schema, z.literal(word)]) as z.ZodType<Value | Word, Value | Word>,
    placeholder: kind.placeholder.replace(">", `|${word}>`),
    words: [...(kind.words ?? []), word],
    parse(given) {
      if (given === word) return word;
      try {
        return kind.parse(given);
      } catch (error) {
        if (!(error instanceof SettingError)) throw error;
        throw new SettingError(`${error.expected} or "${word}"`, given);
      }
    },
    show: (value) => (value === word ? word : kind.show(value as Value)),
  };
}
