import { predictStep } from "../../roofline/predict.mjs";
import { stepKernels } from "../../roofline/step-kernels.mjs";

const precisionOf = { "ours f32": "f32", "ours f16": "f16", "ours f32x3": "f32x3" };

/**
 * The roofline of each arm of ours: `of(arm)` is null where there is none, and `reason` says why there is none at all.
 *
 * @param {object | null} training what the part wrote
 * @param {{ name: string | null, spec: object | null, reason: string | null } | null} peaks the card's rates
 */
export async function predictionsOf(training, peaks) {
  const nothing = (reason) => ({ reason, of: () => null, gpu: null });
  if (peaks === null) return nothing("the part that looks the card up did not run");
  if (peaks.spec === null) return nothing(peaks.reason);
  const ours = (training?.arms ?? []).filter(({ status, engine }) => status === "measured" && engine in precisionOf);
  const kernels = new Map();
  for (const { backbone, method, batch } of ours) {
    const key = `${backbone} ${method} ${batch}`;
    const { tokens, targets } = training;
    if (!kernels.has(key)) kernels.set(key, await stepKernels({ backbone, method, batch, tokens, targets }));
  }
  return {
    reason: null,
    gpu: peaks.spec.name,
    of({ backbone, method, batch, engine }) {
      const counted = kernels.get(`${backbone} ${method} ${batch}`);
      return counted === undefined ? null : predictStep(counted, peaks.spec, precisionOf[engine]);
    },
  };
}
