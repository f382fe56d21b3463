import { availableParallelism } from "node:os";
import { findGeometry, type Places, type Plan } from "@petl/bench";
import type { PlannedWork } from "../../estimate/plan-work.js";
import { evaluationsUpTo } from "../../estimate/work.js";
import { userDirectory } from "../../user-directory.js";

/** What a processor core reaches at best; a suite that is large at this rate is larger in truth. */
const flopsPerSOfCore = 20e9;
/** Tokens of a typical GLUE row, where the length limit allows them. */
const typicalTokens = 48;
const largeS = 12 * 3600;

/** Warns of a suite that would keep a CPU busy for more than half a day; null where it would not, or runs on a GPU. */
export async function largeSuiteNotice(
  plan: Plan,
  todo: readonly PlannedWork[],
  places: Places,
): Promise<string | null> {
  const { suite, device } = plan;
  if (device.provider.runsOn !== "host" && suite.gpu !== "software") return null;
  const params = await computedParams(suite.backbone, places);
  if (params === null) return null;
  const cores = suite.threads ?? availableParallelism();
  const flops = todo.reduce((sum, work) => sum + runFlops(work, params), 0);
  const leastS = flops / (flopsPerSOfCore * cores);
  if (leastS < largeS) return null;
  const size = `${todo.length} runs of ${suite.backbone} are too many for a CPU`;
  return `${size}: more than ${roughly(leastS)} on ${cores} cores, by a rough forecast at ${flopsPerSOfCore / 1e9} GFLOP/s a core; use a GPU, or fewer --methods, --tasks, --seeds or a --limit`;
}

function roughly(seconds: number): string {
  const hours = seconds / 3600;
  return hours < 48 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24).toLocaleString("en-US")} days`;
}

/**
 * Arithmetic of a run on its source tokens: two operations a parameter and token forward, and as many backward; what a method trains
 * comes on top.
 */
function runFlops(work: PlannedWork, params: number): number {
  const { steps, batchSize, evalExamples } = work;
  const tokens = Math.min(typicalTokens, work.maxLength);
  const examples = 2 * steps * batchSize + evaluationsUpTo(steps, work) * evalExamples;
  return 2 * params * tokens * examples;
}

/** Parameters that a source token meets: all but the embedding tables and a decoder beside an encoder; null where the geometry is not at hand. */
async function computedParams(backbone: string, places: Places): Promise<number | null> {
  try {
    const { family, config } = await findGeometry(backbone, userDirectory(), places);
    const shapes = [...family.definition.shapes(config)].filter(([name]) => !/embedding/i.test(name));
    const inEncoder = shapes.filter(([name]) => name.startsWith("encoder."));
    const met = inEncoder.length > 0 ? inEncoder : shapes.filter(([name]) => name.startsWith("decoder."));
    return met.reduce((sum, [, shape]) => sum + shape.reduce((size, length) => size * length, 1), 0);
  } catch {
    return null; // one of the hub, whose configuration is not downloaded yet
  }
}
