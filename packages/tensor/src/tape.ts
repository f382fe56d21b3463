import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import "#gradients";
import { withByteCategory } from "./bytes.js";
import { engine, type KernelGradient, type Saved, type ShapeOnly } from "./engine.js";
import { atPlace, currentPlace } from "./place.js";

/**
 * Reverse-mode differentiation over tfjs kernels that keeps no more than it must.
 *
 * tfjs's own tape saves the inputs of every kernel in a gradient scope, frozen or not, and frees nothing until the
 * backward pass has ended. This one records only what depends on a tensor somebody wants the gradient of, saves of it
 * only what such a gradient reads (shapes where shapes are enough), and frees each saved tensor and each intermediate
 * gradient as soon as the walk has passed it. tfjs still supplies every kernel's gradient.
 */
interface TapeNode {
  readonly name: string;
  readonly inputs: readonly (readonly [name: string, tensor: Tensor])[]; // tracked ones only
  readonly outputs: readonly Tensor[];
  readonly saved: readonly Saved[];
  readonly site: string; // being computed when this was recorded
  readonly gradient: (dys: readonly (Tensor | null)[]) => Record<string, () => Tensor>;
}

interface Tape {
  readonly nodes: TapeNode[];
  readonly tracked: Set<number>; // ids of tensors the result may be differentiated through
  paused: boolean;
}

let tape: Tape | null = null;

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
const keep = (tensor: Tensor): Tensor => untaped(() => tf.keep(tensor.clone()));

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
  if (!names.some((name) => active.tracked.has(inputs[name]!.id))) return [];
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
  gradient: TapeNode["gradient"],
): void {
  const trackedInputs = Object.entries(inputs).filter(([, tensor]) => tensor != null && active.tracked.has(tensor.id));
  if (trackedInputs.length === 0) {
    for (const item of saved) if (isTensor(item)) item.dispose();
    return;
  }
  for (const output of outputs) active.tracked.add(output.id);
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
  const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== null)) as Record<
    string,
    Tensor
  >;
  if (tape === null || tape.paused || !Object.values(present).some((tensor) => needsGradient(tensor))) return output;
  const { save, backward } = gradients(output, (input) => needsGradient(inputs[input]));
  const saved = save.map(keep);
  record(tape, name, present, [output], saved, ([dy]) => backward(dy!, saved) as Record<string, () => Tensor>);
  return output;
}

export interface ValueAndGradients {
  /** The scalar `f` returned. */
  readonly value: Tensor;
  /** Gradient of the value by the name given in `wanted`; absent where the value does not depend on that tensor. */
  readonly gradients: Readonly<Record<string, Tensor>>;
  /** Names of the recorded operations in order: what the step had to differentiate. */
  readonly recorded: readonly string[];
}

/**
 * Value of `f` and its gradient with respect to each tensor of `wanted`.
 *
 * The caller owns (and disposes) the value and the gradients. Recording is on while `f` runs, except in `untaped` scopes.
 *
 * @throws Error if another gradient is being computed: higher-order gradients are not supported.
 */
export function valueAndGradients(f: () => Tensor, wanted: Readonly<Record<string, Tensor>>): ValueAndGradients {
  if (tape !== null) throw new Error("tape: expected no gradient under way, got a nested one; compute it outside");
  const active: Tape = { nodes: [], tracked: new Set(Object.values(wanted).map((tensor) => tensor.id)), paused: false };
  tape = active;
  let value: Tensor;
  try {
    value = tf.keep(tf.tidy(f));
  } catch (error) {
    for (const node of active.nodes) release(node);
    throw error;
  } finally {
    tape = null;
  }
  const recorded = active.nodes.map((node) => node.name);
  if (value.size !== 1) throw new Error(`tape: expected a scalar value, got shape [${value.shape}]`);
  const gradients = withByteCategory("gradients", () =>
    atPlace({ phase: "backward" }, () => backward(active, value, wanted)),
  );
  return { value, gradients, recorded };
}

function release(node: TapeNode): void {
  for (const item of node.saved) if (isTensor(item)) item.dispose();
}

/** Walks the tape from its end, freeing what each node saved and each gradient nobody asked for once it was used. */
function backward({ nodes }: Tape, value: Tensor, wanted: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const keepIds = new Set(Object.values(wanted).map((tensor) => tensor.id));
  const gradientOf = new Map<number, Tensor>([[value.id, tf.keep(tf.onesLike(value))]]);
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index]!;
    nodes.length = index; // the node's outputs become garbage with it
    const dys = node.outputs.map((output) => gradientOf.get(output.id) ?? null);
    if (dys.some((dy) => dy !== null)) {
      const byInput = atPlace({ site: node.site }, () => tf.tidy(() => gradientsOf(node, dys)));
      for (const [position, [, input]] of node.inputs.entries()) accumulate(gradientOf, input, byInput[position]!);
    }
    release(node);
    for (const output of node.outputs) {
      if (keepIds.has(output.id)) continue;
      gradientOf.get(output.id)?.dispose();
      gradientOf.delete(output.id);
    }
  }
  if (!keepIds.has(value.id)) gradientOf.get(value.id)?.dispose();
  const gradients: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(wanted)) {
    const gradient = gradientOf.get(tensor.id);
    if (gradient !== undefined) gradients[name] = gradient;
  }
  return gradients;
}

/** A node's gradients, one for each of its tracked inputs. */
function gradientsOf(node: TapeNode, dys: readonly (Tensor | null)[]): Tensor[] {
  const lazy = node.gradient(dys);
  return node.inputs.map(([name, input]) => {
    const thunk = lazy[name];
    if (thunk === undefined) throw new Error(`tape: ${node.name} has no gradient for its input ${name}`);
    return tf.keep(own(tf.tidy(thunk), input, dys));
  });
}

/** A gradient function may hand back `dy` itself; give the map its own reference, so that each can be freed alone. */
function own(gradient: Tensor, input: Tensor, dys: readonly (Tensor | null)[]): Tensor {
  const shaped = gradient.shape.length === input.shape.length ? gradient : tf.reshape(gradient, input.shape);
  return dys.includes(shaped) || shaped.kept ? shaped.clone() : shaped;
}

function accumulate(gradientOf: Map<number, Tensor>, input: Tensor, gradient: Tensor): void {
  const before = gradientOf.get(input.id);
  if (before === undefined) {
    gradientOf.set(input.id, gradient);
    return;
  }
  gradientOf.set(input.id, tf.keep(tf.add(before, gradient)));
  before.dispose();
  gradient.dispose();
}

/** How many operations have been recorded so far by the gradient under way; 0 outside. */
export function recordedOperations(): number {
  return tape?.nodes.length ?? 0;
}
