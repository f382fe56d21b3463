import { headTaskOf } from "@petl/trainer";
import type { CheckRequest, ChildEvent } from "../child/protocol.js";
import { BenchError } from "../errors.js";
import type { Plan } from "../suite/plan.js";
import { runChild } from "./child-process.js";

/**
 * Loads the backbone once and attaches every method to it, with the heads of the tasks, in a child process: a damaged checkpoint or a setting that does not
 * fit the backbone stops a suite before its first run, and no run's time includes a download.
 *
 * @throws BenchError E_CHECK_FAILED with the message of the failure
 */
export async function checkPlan(
  { backbone, family, commit, device, outline }: Plan,
  onEvent: (event: ChildEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const attachments = new Map<string, CheckRequest["attachments"][number]>();
  for (const { method, config, task, settings } of outline) {
    const key = JSON.stringify([method.url, config, settings.scoring === "head" ? headTaskOf(task) : null]);
    const { url, packageName } = method;
    attachments.set(key, { method: { url, packageName, config }, task, settings });
  }
  const { settings, options } = outline[0]!;
  const ending = await runChild(
    {
      kind: "check",
      attachments: [...attachments.values()],
      deviceUrl: device.url,
      ...{ backbone, family: family.url, commit, settings, options },
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
