import { readText } from "@petl/files";
import { BenchError } from "../errors.js";

/** `model_type` of the backbones there is an implementation of. */
const supported = ["t5"];

/**
 * Refuses a `config.json` of another model family before anything reads its fields. A file that is not JSON or names no
 * `model_type` passes: the loader names the problem.
 *
 * @throws BenchError E_BACKBONE_FAMILY
 */
export function checkFamily(configFile: string): void {
  const type = modelType(configFile);
  if (type === undefined || supported.includes(type)) return;
  throw new BenchError(
    "E_BACKBONE_FAMILY",
    `${configFile}: expected a model_type of ${supported.join(", ")} (T5 v1.0, v1.1, FLAN-T5), got "${type}", which is not supported`,
  );
}

function modelType(configFile: string): string | undefined {
  try {
    const { model_type: type } = JSON.parse(readText(configFile, 1 << 20)) as { model_type?: unknown };
    return typeof type === "string" ? type : undefined;
  } catch {
    return undefined; // the loader names the problem
  }
}
