import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import "./reduction-gradients.js";
import { countAsKept } from "./bytes.js";
import { engine, type KernelGradient, type Saved, type ShapeOnly } from "./engine.js";
import { currentPlace } from "./place.js";

/** A recorded operation, whose gradient the reverse pass asks for. */
export interface Operation {
  readonly name: string;
  readonly inputs: readonly (readonly [name: string, tensor: Tensor])[]; // tracked ones only
  readonly outputs: readonly Tensor[];
  readonly saved: readonly Saved[];
  readonly site: string; // being computed when this was recorded
  readonly gradient: (dys: readonly (Tensor | null)[]) => Record<string, () => Tensor>;
}

/** A stretch of operations of which only the inputs were kept: the reverse pass runs it again and walks what that records. */
interface Stretch {
  readonly name: string;
  readonly outputs: readonly Tensor[];
  readonly saved: readonly Tensor[];
  readonly site: string;
  /** Runs the stretch again; `isNow(id, original)` is told which tensors stand for which of the first run. */
  readonly unfold: (isNow: (id: number, original: number) => void) => readonly TapeNode[];
}

export type TapeNode = Operation | Stretch;

/**
 * What one `valueAndGradients` records, so that its reverse pass keeps no more than it must.
 *
 * tfjs's own tape saves the inputs of every kernel in a gradient scope, frozen or not, and frees nothing until the
 * backward pass has ended. This one records only what depends on a tensor somebody wants the gradient of, saves of it
 * only what such a gradient reads (shapes where shapes are enough), and frees each saved tensor and each intermediate
 * gradient as soon as the walk has passed it. tfjs still supplies every kernel's gradient.
 */
export interface Tape {
  readonly nodes: TapeNode[];
  readonly tracked: Set<number>; // ids of tensors the result may be differentiated through
  paused: boolean;
  tracing: boolean; // only notes what is tracked: the operations will be run again before they are differentiated
  readonly lossScale: number; // the gradient that the walk back begins with
  start: Tensor | null; // that gradient, once the walk has begun
}

let tape: Tape | null = null;

/** The tape that operations go onto now; null where none are recorded. */
export const recordingTape = (): Tape | null => (tape === null || tape.paused ? null : tape);

/** Runs `scope` with its operations recorded onto `onto`; null: with none under way. */
export function withTape<T>(onto: Tape | null, scope: () => T): T {
  const before = tape;
  tape = onto;
  try {
    return scope();
  } finally {
    tape = before;
  }
}

/** Whether a gradient is being computed. */
export const isTaping = (): boolean => tape !== null;

/** Kernels whose gradient reads only the shapes of what tfjs lets it save. */
const shapesSuffice = new Set<string>([
  tf.Add,
  tf.AddN,
  tf.BroadcastTo,
  tf.Cast,
  tf.Concat,
  tf.ExpandDims,
  tf.Mean,
  tf.PadV2,
  tf.Reshape,
  tf.Slice,
  tf.SplitV,
  tf.Sub,
  tf.Sum,
]);
/** Kernels whose gradient for one operand reads the values of the other one only. */
const readsOther = new Set<string>([tf.BatchMatMul, tf.Multiply]);

const isRecording = (): boolean => tape !== null && !tape.paused && engine.state.kernelDepth === 0;

const shapeOf = ({ shape, rank, size, dtype }: Tensor): ShapeOnly => ({ shape, rank, size, dtype });
const isTensor = (saved: Saved): saved is Tensor => "dataId" in saved;

/** Frees what a node kept. */
export function release({ saved }: TapeNode): void {
  for (const item of saved) if (isTensor(item)) item.dispose();
}
/** A reference of the tape's own to a tensor's buffer. */
export function keep(tensor: Tensor): Tensor {
  countAsKept(tensor);
  return untaped(() => tf.keep(tensor.clone()));
}

const stock = {
  isTapeOn: engine.isTapeOn,
  addTapeNode: engine.addTapeNode,
  getTensorsForGradient: engine.getTensorsForGradient,
  saveTensorsForBackwardMode: engine.saveTensorsForBackwardMode,
};

engine.isTapeOn = function () {
  return tape === null ? stock.isTapeOn.call(this) : isRecording();
};

/** What the kernel about to be recorded wants saved, decided while its inputs are still known by name. */
let plan: Saved[] | null = null;

engine.getTensorsForGradient = function (kernelName, inputs, outputs) {
  const all = stock.getTensorsForGradient.call(this, kernelName, inputs, outputs);
  if (tape === null) return all;
  plan = planSaves(tape, kernelName, inputs, all);
  return all;
};

engine.saveTensorsForBackwardMode = function (tensors) {
  if (tape === null || plan === null) return stock.saveTensorsForBackwardMode.call(this, tensors);
  const saved = plan.map((item) => (isTensor(item) ? keep(item) : item));
  plan = null;
  return saved;
};

function planSaves(active: Tape, kernelName: string, inputs: Readonly<Record<string, Tensor>>, all: Tensor[]): Saved[] {
  const names = Object.keys(inputs).filter((name) => inputs[name] != null);
  if (active.tracing || !names.some((name) => active.tracked.has(inputs[name]!.id))) return [];
  if (shapesSuffice.has(kernelName)) return all.map(shapeOf);
  if (kernelName === tf.GatherV2) return [shapeOf(inputs.x!), inputs.indices!];
  if (!readsOther.has(kernelName)) return all;
  const [a, b] = [inputs.a!, inputs.b!];
  return [active.tracked.has(b.id) ? a : shapeOf(a), active.tracked.has(a.id) ? b : shapeOf(b)];
}

engine.addTapeNode = function (kernelName, inputs, outputs, customGradient, saved, attrs) {
  if (tape === null) {
    // tfjs's own clone() calls this whether or not anything is being recorded, and its second derivatives need that
    if (engine.state.gradientDepth > 0)
      stock.addTapeNode.call(this, kernelName, inputs, outputs, customGradient, saved, attrs);
    return;
  }
  if (!isRecording()) return;
  const gradient = (tf.getGradient(kernelName)?.gradFunc as KernelGradient | undefined) ?? customGradient;
  record(tape, kernelName, inputs, outputs, saved, (dys) => {
    if (gradient == null)
      throw new Error(`tape: the kernel ${kernelName} has no gradient; compose it of others that have`);
    const filled = dys.map((dy, index) => dy ?? tf.zerosLike(outputs[index]!));
    return gradient(filled.length > 1 ? filled : filled[0]!, saved as Saved[], attrs);
  });
};

function record(
  active: Tape,
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  outputs: readonly Tensor[],
  saved: readonly Saved[],
  gradient: Operation["gradient"],
): void {
  const trackedInputs = Object.entries(inputs).filter(([, tensor]) => tensor != null && active.tracked.has(tensor.id));
  if (trackedInputs.length === 0) {
    for (const item of saved) if (isTensor(item)) item.dispose();
    return;
  }
  for (const output of outputs) active.tracked.add(output.id);
  if (!active.tracing)
    active.nodes.push({ name, inputs: trackedInputs, outputs, saved, gradient, site: currentPlace().site });
}

/** True while operations on `tensor` are being recorded, that is: some gradient will flow through it. */
export function needsGradient(tensor: Tensor | null | undefined): boolean {
  return tensor != null && tape !== null && !tape.paused && tape.tracked.has(tensor.id);
}

/** Runs `scope` without recording; inside `valueAndGradients` only. Scopes nest. */
export function untaped<T>(scope: () => T): T {
  if (tape === null || tape.paused) return scope();
  const active = tape;
  active.paused = true;
  try {
    return scope();
  } finally {
    active.paused = false;
  }
}

/** The other way round: records again inside an `untaped` scope. Outside any tape it only runs `scope`. */
export function taped<T>(scope: () => T): T {
  if (tape === null || !tape.paused) return scope();
  const active = tape;
  active.paused = false;
  try {
    return scope();
  } finally {
    active.paused = true;
  }
}

/**
 * One differentiable operation with a hand-written gradient.
 *
 * `forward` runs unrecorded, its temporaries are freed; `gradients` is asked, when some input needs a gradient, for what
 * to `save` (kept until the backward pass has passed this operation, then freed) and how to compute each gradient:
 * `backward` is called once, so work that several gradients share is done in its body; the thunks it returns are called
 * only for inputs that need a gradient.
 */
export function differentiable<Inputs extends Record<string, Tensor | null>>(
  name: string,
  inputs: Inputs,
  forward: () => Tensor,
  gradients: (
    output: Tensor,
    /** Whether an input needs a gradient; to be asked now, not in `backward`. */
    needs: (input: keyof Inputs) => boolean,
  ) => {
    readonly save: readonly Tensor[];
    readonly backward: (dy: Tensor, saved: readonly Tensor[]) => { readonly [K in keyof Inputs]?: () => Tensor };
  },
): Tensor {
  const output = untaped(() => tf.tidy(forward));
  if (tape === null || tape.paused) return output;
  const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== null)) as Record<
    string,
    Tensor
  >;
  if (!Object.values(present).some((tensor) => needsGradient(tensor))) return output;
  if (tape.tracing) {
    tape.tracked.add(output.id);
    return output;
  }
  const { save, backward } = gradients(output, (input) => needsGradient(inputs[input]));
  const saved = save.map(keep);
  record(tape, name, present, [output], saved, ([dy]) => backward(dy!, saved) as Record<string, () => Tensor>);
  return output;
}

/** How many operations have been recorded so far by the gradient under way; 0 outside. */
export function recordedOperations(): number {
  return tape?.nodes.length ?? 0;
}
