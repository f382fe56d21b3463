/** A compute shader and its bindings: `name`, or `name: element type` if it is not f32; `name: stored` are a stored weight's bytes. */
export interface Program {
  /** Unique per program and variant; the key of compiled shaders. */
  readonly name: string;
  readonly reads: readonly string[];
  /** Bound for reading and writing. */
  readonly writes: readonly string[];
  /** Scalars such as `rows: u32`, in the order of the values of a call. */
  readonly uniforms: readonly string[];
  /** Whether its uniforms are others at each call, as those of a training step are; bind groups are then not kept. */
  readonly differs?: boolean;
  /** WGSL's extensions that the source needs. */
  readonly enables?: readonly string[];
  /** WGSL with an entry point `main`, without the declarations of the above. */
  readonly source: string;
}

/** Default number of threads of a workgroup. */
export const threads = 128;

/** Maximum workgroups in one dimension of a dispatch. */
const widest = 65535;

/** A dispatch of `count` workgroups; in the shader, `flatGroup` is the workgroup's number. */
export function groupsFor(count: number): readonly [number, number, number] {
  const rows = Math.max(1, Math.ceil(count / widest));
  return [Math.ceil(count / rows), rows, 1];
}

/** The parameters of an entry point, and the number of the workgroup and of the thread in it. */
export const entry = (size: number, body: string): string => `
@compute @workgroup_size(${size})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) workgroup: vec3u,
        @builtin(num_workgroups) workgroups: vec3u) {
  let group = workgroup.y * workgroups.x + workgroup.x;
  ${body}
}`;

/** A program that computes `expression` (WGSL, of `index`) for each value. */
export function elementwise(name: string, reads: readonly string[], expression: string, helpers = ""): Program {
  return {
    name,
    reads,
    writes: ["result"],
    uniforms: ["size: u32"],
    source: `${helpers}
${entry(
  threads,
  `let index = group * ${threads}u + local;
  if (index >= uniforms.size) { return; }
  result[index] = ${expression};`,
)}`,
  };
}

/** WGSL: `NAME(value, local)` gives every thread of the workgroup the sum (or the largest) of all their values, always in the same order. */
const reduction = (name: string, size: number, combine: (a: string, b: string) => string): string => `
var<workgroup> ${name}Parts: array<f32, ${size}>;
fn ${name}(value: f32, local: u32) -> f32 {
  workgroupBarrier(); // the last use has ended
  ${name}Parts[local] = value;
  workgroupBarrier();
  for (var half = ${size / 2}u; half > 0u; half >>= 1u) {
    if (local < half) { ${name}Parts[local] = ${combine(`${name}Parts[local]`, `${name}Parts[local + half]`)}; }
    workgroupBarrier();
  }
  return ${name}Parts[0];
}`;

export const sumOverGroup = reduction("groupSum", threads, (a, b) => `${a} + ${b}`);
export const largestOfGroup = reduction("groupLargest", threads, (a, b) => `max(${a}, ${b})`);
