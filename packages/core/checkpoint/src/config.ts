import { join } from "node:path";
import { parseJson, readText } from "@petl/files";
import type { z } from "zod";
import { CheckpointError, reasonOf, systemCode } from "./error.js";
import { CONFIG_FILE, MOST_DESCRIPTION_BYTES } from "./file-names.js";

/**
 * Reads `config.json` of a checkpoint directory through a schema, which checks it and fills in defaults.
 *
 * @throws CheckpointError E_FILE_MISSING, E_CONFIG_INVALID naming each field at fault
 */
export function readConfig<T>(directory: string, schema: z.ZodType<T>): T {
  const file = join(directory, CONFIG_FILE);
  const parsed = schema.safeParse(readJson(file));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join(".") || "the whole"}: ${message}`,
  );
  throw new CheckpointError("E_CONFIG_INVALID", {
    file,
    expected: "a model description this program supports",
    got: faults.join("; "),
    remedy: "correct these fields, or use a checkpoint of a supported model",
  });
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readText(file, MOST_DESCRIPTION_BYTES);
  } catch (cause) {
    throw new CheckpointError("E_FILE_MISSING", {
      file,
      expected: "the model's description",
      got: systemCode(cause) === "ENOENT" ? "no file" : reasonOf(cause),
      remedy: `put the checkpoint's ${CONFIG_FILE} beside its weights`,
      cause,
    });
  }
  try {
    return parseJson(text);
  } catch (cause) {
    throw new CheckpointError("E_CONFIG_INVALID", {
      file,
      expected: "JSON",
      got: reasonOf(cause),
      remedy: "copy or download it again",
      cause,
    });
  }
}
