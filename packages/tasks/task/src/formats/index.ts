import { TaskError } from "../errors.js";
import type { Format, TextFormat } from "./format.js";
import { lmEval } from "./lm-eval.js";
import { lst } from "./lst.js";
import { formatNames, textFormatNames } from "./names.js";
import { segments } from "./segments.js";
import { t5 } from "./t5.js";

const textFormats: readonly TextFormat[] = [t5, lst, lmEval];

/**
 * The text format of that name.
 * @throws {TaskError} `E_TASK_FORMAT` for a name that is not in `textFormatNames`.
 */
export function findFormat(name: string): TextFormat {
  return found(textFormats, name, textFormatNames, "text format");
}

/**
 * The format of that name; `kind` tells what it gives.
 * @throws {TaskError} `E_TASK_FORMAT` for a name that is not in `formatNames`.
 */
export function findAnyFormat(name: string): Format {
  return found([...textFormats, segments], name, formatNames, "format");
}

function found<Each extends Format>(
  formats: readonly Each[],
  name: string,
  names: readonly string[],
  what: string,
): Each {
  const format = formats.find((each) => each.name === name);
  if (format !== undefined) return format;
  const expected = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  throw new TaskError("E_TASK_FORMAT", `unknown ${what}`, { expected, got: `"${name}"` });
}

export { lmEval, lst, segments, t5 };
