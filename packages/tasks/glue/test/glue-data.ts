import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

/** Real GLUE in the official layout; it is not part of the repository and lies beside it where there is one. */
export const realGlue = fileURLToPath(new URL("../../../../../shared/data/glue", import.meta.url));

/** Rows in the full official column layouts. */
export const glueFixtures = fileURLToPath(new URL("../../../../../shared/data/glue-fixtures", import.meta.url));

/** `describe`, skipped aloud where real GLUE data is absent. */
export function describeRealGlue(title: string, tests: () => void): void {
  const missing = [realGlue, glueFixtures].filter((directory) => !existsSync(directory));
  if (missing.length > 0) console.warn(`skipped "${title}": no GLUE data at ${missing.join(", ")}`);
  describe.skipIf(missing.length > 0)(title, tests);
}
