import type { ChildEvent } from "../child/protocol.js";
import { BenchError } from "../errors.js";
import { isRandomBackbone } from "../resolve/backbone.js";
import type { Plan } from "../suite/plan.js";
import { settingsOf } from "../suite/schema.js";
import { runChild } from "./child-process.js";

/**
 * Loads a checkpoint once in a process of its own, so that a damaged or missing one stops the suite before its first run, and
 * a download is not billed to one. Random backbones need no check.
 *
 * @throws BenchError E_BACKBONE_UNUSABLE with the loader's own words
 */
export async function checkBackbone(
  plan: Plan,
  onEvent: (event: ChildEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { suite, backbone, device } = plan;
  if (isRandomBackbone(backbone)) return;
  const ending = await runChild(
    {
      task: "check",
      method: null,
      deviceUrl: device.url,
      threads: suite.threads,
      backbone,
      settings: settingsOf(suite, suite.tasks[0]!, suite.seeds[0]!),
      limit: suite.limit,
      evalLimit: suite.evalLimit,
      textFormat: suite.textFormat,
    },
    { onSpawn: () => {}, onEvent, signal },
  );
  if (ending.completed || ending.cancelled) return;
  throw new BenchError("E_BACKBONE_UNUSABLE", `backbone "${suite.backbone}": ${ending.error?.message}`);
}
