import { GlueError } from "../errors.js";
import type { TextFormat } from "./format.js";
import { lst } from "./lst.js";
import { textFormatNames } from "./names.js";
import { t5 } from "./t5.js";

/**
 * The text format of that name.
 * @throws {GlueError} `E_GLUE_FORMAT` for any name but `t5` and `lst`.
 */
export function findFormat(name: string): TextFormat {
  const format = [t5, lst].find((each) => each.name === name);
  if (format !== undefined) return format;
  throw new GlueError("E_GLUE_FORMAT", "unknown text format", {
    expected: textFormatNames.join(" or "),
    got: `"${name}"`,
  });
}

export { lst, t5 };
