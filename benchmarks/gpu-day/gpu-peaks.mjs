import { specOfDriverName } from "@petl/bench";
import { listGpus } from "@petl/meter";

/** Rates of the card by its data sheet, or `{ spec: null, reason }` for one that is not in the table. */
export async function gpuPeaks({ gpu, isRehearsal }) {
  if (isRehearsal) return { name: null, spec: null, reason: "a GPU that the CPU emulates has no data sheet" };
  const found = await listGpus();
  if (found.value === null) return { name: null, spec: null, reason: found.reason };
  const { name } = found.value.find(({ index }) => index === gpu) ?? found.value[0];
  const spec = specOfDriverName(name) ?? null;
  return { name, spec, reason: spec === null ? `${name} is not in the table of peaks (docs/plan.md)` : null };
}
