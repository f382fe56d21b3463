import { z } from "zod";
import { type Kind, SettingError } from "../kind.js";

/** Names separated by commas, at least one. */
export function names(): Kind<string[]> {
  return {
    schema: z.array(z.string().min(1)).min(1),
    placeholder: "<a,b>",
    parse(text) {
      const list = parts(text);
      if (list.length > 0) return list;
      throw new SettingError("names separated by commas", text);
    },
    show: (list) => list.join(","),
  };
}

/** The most numbers that a list may name, and the largest: more are a slip of the finger. */
const mostNumbers = 10_000;
const largest = 2 ** 32 - 1;

/** Whole numbers from 0 and ranges of them, separated by commas: `0-2,5` is 0, 1, 2, 5. */
export function wholeList(): Kind<number[]> {
  const expected = "whole numbers or ranges such as 0,1,2 or 0-2,5";
  return {
    schema: z.array(z.int().nonnegative().max(largest)).min(1).max(mostNumbers),
    placeholder: "<0,1|0-2>",
    parse(text) {
      const numbers = parts(text).flatMap((part) => {
        const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
        const [from, to] = [Number(first), Number(last)];
        if (!(to <= largest) || !(from <= to) || to - from >= mostNumbers) throw new SettingError(expected, text);
        return Array.from({ length: to - from + 1 }, (_, index) => from + index);
      });
      if (numbers.length > mostNumbers) throw new SettingError(`at most ${mostNumbers} whole numbers`, text);
      if (numbers.length > 0) return numbers;
      throw new SettingError(expected, text);
    },
    show: (list) => list.join(","),
  };
}

/** The trimmed parts of a list; empty ones are left out. */
export function parts(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
