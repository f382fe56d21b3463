import { type Plan, type PlanOptions, planSuite } from "@petl/bench";
import { defaultCacheDir } from "@petl/glue";
import type { Progress } from "../../progress/progress.js";
import { userDirectory } from "../../user-directory.js";
import type { GlueFlags } from "./flags.js";
import type { ChosenSuite } from "./suite-from-flags.js";

/** Checks all input before the first run and expands the suite; a dry run downloads nothing. */
export async function makePlan(
  { suite, places }: ChosenSuite,
  { engine, dryRun, verify = false, searchOnly = false }: GlueFlags & Pick<PlanOptions, "searchOnly">,
  progress: Progress,
  signal: AbortSignal,
): Promise<Plan> {
  const options: PlanOptions = {
    directory: userDirectory(),
    places,
    ...{ verify, searchOnly, isElsewhere: engine !== "local" },
    onTable: (task, bytes, totalBytes) => progress.reading(task, bytes, totalBytes),
    download: {
      signal,
      onWait: (message) => progress.note(message),
      onProgress: ({ url, receivedBytes, totalBytes }) => progress.download(url, receivedBytes, totalBytes),
    },
  };
  if (!dryRun || suite.data !== "auto") return planSuite(suite, options);
  try {
    return await planSuite({ ...suite, data: defaultCacheDir() }, options);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== "E_TASK_DATA" && code !== "E_TASK_FILE_MISSING") throw error;
    return planSuite(suite, { ...options, withoutData: true });
  }
}
