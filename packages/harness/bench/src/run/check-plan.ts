import type { ChildEvent, ChildMethod } from "../child/protocol.js";
import { BenchError } from "../errors.js";
import type { Plan } from "../suite/plan.js";
import { runChild } from "./child-process.js";

/**
 * Loads the backbone once and attaches every method to it in a child process: a damaged checkpoint or a setting that does not
 * fit the backbone stops a suite before its first run, and no run's time includes a download.
 *
 * @throws BenchError E_CHECK_FAILED with the message of the failure
 */
export async function checkPlan(
  { backbone, commit, device, runs }: Plan,
  onEvent: (event: ChildEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const arms = new Map<string, ChildMethod>();
  for (const { method, config } of runs)
    arms.set(`${method.url} ${JSON.stringify(config)}`, { url: method.url, packageName: method.packageName, config });
  const { settings, options } = runs[0]!;
  const ending = await runChild(
    {
      kind: "check",
      methods: [...arms.values()],
      deviceUrl: device.url,
      ...{ backbone, commit, settings, options },
    },
    { onSpawn: () => {}, onEvent, signal },
  );
  if (ending.completed || ending.cancelled) return;
  const { code, name, message } = ending.error!;
  throw new BenchError(
    "E_CHECK_FAILED",
    code === null ? `the check before the first run failed: ${name}: ${message}` : message,
  );
}
