import { type GpuKernel, type Inputs, sizeOf } from "./context.js";
import { entry, groupsFor, type Program, threads } from "./program.js";

/** Gates of a cell, and the width of its carried state in units of hidden. */
const cells = { gru: { gates: 3, parts: 1 }, rnn: { gates: 1, parts: 1 }, lstm: { gates: 4, parts: 2 } } as const;
type CellName = keyof typeof cells;

/** Compile-time parameters: which optional inputs exist. */
interface Variant {
  readonly cell: CellName;
  readonly fromContext: boolean;
  readonly fromState: boolean;
  readonly state: boolean;
}

const uniforms = ["rows: u32", "hidden: u32"];

/** WGSL: both parts of each gate of (row, unit), and the state before, as plain variables. */
function gates({ cell, fromContext, fromState, state }: Variant): string {
  const { gates: count, parts } = cells[cell];
  const lines = Array.from({ length: count }, (_, gate) => {
    const at = `row * ${count}u * uniforms.hidden + ${gate}u * uniforms.hidden + unit`;
    const bias = `${gate}u * uniforms.hidden + unit`;
    return `
  let i${gate} = fromInput[${at}] + inputBias[${bias}]${fromContext ? ` + fromContext[${at}]` : ""};
  let h${gate} = stateBias[${bias}]${fromState ? ` + fromState[${at}]` : ""};`;
  });
  const before = (part: number): string =>
    state ? `state[row * ${parts}u * uniforms.hidden + ${part}u * uniforms.hidden + unit]` : "0.0";
  return `${lines.join("")}
  let before = ${before(parts - 1)};`;
}

const sigmoid =
  "fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exp(-x)); }\nfn bounded(x: f32) -> f32 { return tanh(clamp(x, -15.0, 15.0)); }";

/** WGSL: a cell's values from its gates. */
const values: Readonly<Record<CellName, string>> = {
  gru: `
  let reset = sigmoid(i0 + h0);
  let update = sigmoid(i1 + h1);
  let candidate = bounded(i2 + reset * h2);`,
  rnn: "\n  let next = bounded(i0 + h0);",
  lstm: `
  let inputGate = sigmoid(i0 + h0);
  let forget = sigmoid(i1 + h1);
  let candidate = bounded(i2 + h2);
  let outputGate = sigmoid(i3 + h3);
  let memory = forget * before + inputGate * candidate;
  let saturated = bounded(memory);`,
};

const results: Readonly<Record<CellName, string>> = {
  gru: "result[index] = candidate + update * (before - candidate);",
  rnn: "result[index] = next;",
  lstm: `result[row * 2u * uniforms.hidden + unit] = outputGate * saturated;
  result[(row * 2u + 1u) * uniforms.hidden + unit] = memory;`,
};

/** WGSL: writes gate gradients `values` to `target`. */
const writeGates = (target: string, gradients: readonly string[]): string =>
  gradients
    .map((value, gate) => `${target}[(row * ${gradients.length}u + ${gate}u) * uniforms.hidden + unit] = ${value};`)
    .join("\n  ");

const gradients: Readonly<Record<CellName, string>> = {
  gru: `
  let d = dy[index];
  let dUpdate = d * (before - candidate) * update * (1.0 - update);
  let dCandidate = d * (1.0 - update) * (1.0 - candidate * candidate);
  let dReset = dCandidate * h2 * reset * (1.0 - reset);
  ${writeGates("dFromInput", ["dReset", "dUpdate", "dCandidate"])}
  ${writeGates("dFromState", ["dReset", "dUpdate", "dCandidate * reset"])}
  dState[index] = d * update;`,
  rnn: "\n  dFromInput[index] = dy[index] * (1.0 - next * next);",
  lstm: `
  let dHidden = dy[row * 2u * uniforms.hidden + unit];
  let dMemory = dy[(row * 2u + 1u) * uniforms.hidden + unit] + dHidden * outputGate * (1.0 - saturated * saturated);
  ${writeGates("dFromInput", [
    "dMemory * candidate * inputGate * (1.0 - inputGate)",
    "dMemory * before * forget * (1.0 - forget)",
    "dMemory * inputGate * (1.0 - candidate * candidate)",
    "dHidden * saturated * outputGate * (1.0 - outputGate)",
  ])}
  dState[row * 2u * uniforms.hidden + unit] = 0.0;
  dState[(row * 2u + 1u) * uniforms.hidden + unit] = dMemory * forget;`,
};

const programs = new Map<string, Program>();

function programOf(variant: Variant, isGradient: boolean): Program {
  const { cell, fromContext, fromState, state } = variant;
  const name = `recurrentCell${isGradient ? "Gradient" : ""} ${JSON.stringify(variant)}`;
  const before = programs.get(name);
  if (before !== undefined) return before;
  const present = { fromContext, fromState, state: state && cell !== "rnn" }; // an rnn reads its state only in its matrix products
  const optional = (["fromContext", "fromState", "state"] as const).filter((input) => present[input]);
  const outputs =
    cell === "gru"
      ? ["dFromInput", "dFromState", "dState"]
      : cell === "rnn"
        ? ["dFromInput"]
        : ["dFromInput", "dState"];
  const program: Program = {
    name,
    reads: ["fromInput", "inputBias", "stateBias", ...optional, ...(isGradient ? ["dy"] : [])],
    writes: isGradient ? outputs : ["result"],
    uniforms,
    source: `${sigmoid}
${entry(
  threads,
  `let index = group * ${threads}u + local;
  if (index >= uniforms.rows * uniforms.hidden) { return; }
  let row = index / uniforms.hidden;
  let unit = index % uniforms.hidden;
  ${gates({ cell, ...present })}${values[cell]}
  ${isGradient ? gradients[cell] : results[cell]}`,
)}`,
  };
  programs.set(name, program);
  return program;
}

function stepOf({ fromInput, fromContext, fromState, state }: Inputs, cell: CellName) {
  const [rows, width] = fromInput!.shape as [number, number];
  const variant: Variant = {
    cell,
    ...{ fromContext: fromContext !== undefined, fromState: fromState !== undefined, state: state !== undefined },
  };
  return { rows, width, hidden: width / cells[cell].gates, variant };
}

/** The state after one step of a recurrent cell. */
export const recurrentCell: GpuKernel = (context, inputs, attributes) => {
  const cell = attributes.cell as CellName;
  const { rows, hidden, variant } = stepOf(inputs, cell);
  const result = context.output([rows, cells[cell].parts * hidden]);
  const groups = groupsFor(Math.ceil((rows * hidden) / threads));
  context.run(programOf(variant, false), { ...inputs, result }, [rows, hidden], groups);
  return result;
};

/** gru: dFromInput, dFromState, dState; rnn: dGates; lstm: dGates, dState. Gates are recomputed. */
export const recurrentCellGradient: GpuKernel = (context, inputs, attributes) => {
  const cell = attributes.cell as CellName;
  const { rows, width, hidden, variant } = stepOf(inputs, cell);
  const dFromInput = context.output([rows, width]);
  const dFromState = cell === "gru" ? context.output([rows, width]) : undefined;
  const dState = cell === "rnn" ? undefined : context.output([rows, cells[cell].parts * hidden]);
  const tensors = { ...inputs, dFromInput, dFromState, dState };
  context.run(
    programOf(variant, true),
    tensors,
    [rows, hidden],
    groupsFor(Math.ceil(sizeOf([rows, hidden]) / threads)),
  );
  return [dFromInput, dFromState, dState].filter((output) => output !== undefined);
};
