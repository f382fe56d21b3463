import type { Tensor } from "@tensorflow/tfjs-core";
import { withByteCategory } from "./bytes.js";
import { currentPlace } from "./place.js";
import { keep, recordingTape, type Tape, type TapeNode, withTape } from "./tape.js";
import { tidy } from "./tidy.js";

type Named = Readonly<Record<string, Tensor>>;

/**
 * Runs `compute` and keeps only its inputs for the backward pass, which computes the rest again when it gets there (also known as
 * gradient checkpointing: Chen et al. 2016, https://arxiv.org/abs/1604.06174).
 *
 * `compute` must be a function of `inputs` and of tensors that outlive the step, such as parameters, and give the same
 * values both times: it draws from streams that are forked, never from one that others draw from. The gradients are then
 * bitwise those of `compute` alone, as they are added up in the same order. Outside a tape it only runs `compute`.
 */
export function recomputed<Inputs extends Named, Outputs extends Named>(
  name: string,
  inputs: Inputs,
  compute: (inputs: Inputs) => Outputs,
): Outputs {
  const active = recordingTape();
  if (active === null || active.tracing) return tidy(() => compute(inputs));
  const outputs = traced(active, () => tidy(() => compute(inputs)));
  const tracked = Object.values(outputs).filter(({ id }) => active.tracked.has(id));
  if (tracked.length === 0) return outputs;
  const kept = Object.fromEntries(Object.entries(inputs).map(([input, tensor]) => [input, keep(tensor)])) as Inputs;

  const unfold = (isNow: (id: number, original: number) => void): readonly TapeNode[] => {
    const again: Tape = {
      nodes: [],
      tracked: active.tracked,
      paused: false,
      tracing: false,
      lossScale: active.lossScale,
      start: null,
    };
    for (const [input, { id }] of Object.entries(inputs)) {
      if (!again.tracked.has(id)) continue;
      again.tracked.add(kept[input]!.id);
      isNow(kept[input]!.id, id);
    }
    const repeated = withByteCategory("activations", () => withTape(again, () => tidy(() => compute(kept))));
    for (const [output, { id }] of Object.entries(outputs)) isNow(repeated[output]!.id, id);
    for (const tensor of Object.values(repeated)) tensor.dispose();
    return again.nodes;
  };
  active.nodes.push({ name, outputs: tracked, saved: Object.values(kept), site: currentPlace().site, unfold });
  return outputs;
}

/** Runs `scope` noting which tensors depend on a wanted one, and saving nothing. */
function traced<T>(active: Tape, scope: () => T): T {
  active.tracing = true;
  try {
    return scope();
  } finally {
    active.tracing = false;
  }
}
