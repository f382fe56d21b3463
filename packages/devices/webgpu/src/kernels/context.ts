import { type tf as Tf, tf } from "@petl/tensor";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { internals } from "../backend.js";
import type { Failures } from "../dawn/failures.js";
import { Bindings, type Compiled } from "./bindings.js";
import type { ProductPath } from "./product-path.js";
import { elementwise, groupsFor, type Program, threads } from "./program.js";

export type TensorInfo = Tf.TensorInfo;
export type Inputs = Readonly<Record<string, TensorInfo | undefined>>;
export type Attributes = Readonly<Record<string, unknown>>;
/** A kernel of this package: named inputs and attributes in, outputs out. */
export type GpuKernel = (context: KernelContext, inputs: Inputs, attributes: Attributes) => TensorInfo | TensorInfo[];

/** Element type of a binding that holds a weight stored in few bits: its bytes, four to a word. */
const storedType = "stored";

/** Runs programs on the buffers of tfjs's backend, in its order of commands. */
export class KernelContext {
  readonly #compiled = new Map<string, Compiled>();
  readonly #bindings: Bindings;
  readonly #constants = new Map<Float32Array, TensorInfo>();

  constructor(
    readonly backend: WebGPUBackend,
    private readonly failures: Failures,
    /** How matrix products are computed. */
    readonly products: ProductPath = { kind: "f32" },
  ) {
    this.#bindings = new Bindings(backend);
  }

  /** A new, uninitialised tensor. */
  output(shape: readonly number[], dtype: "float32" | "int32" = "float32"): TensorInfo {
    return this.backend.makeTensorInfo([...shape], dtype);
  }

  /** A tensor of values that programs look up, kept until the device is closed. */
  constant(values: Float32Array): TensorInfo {
    const known = this.#constants.get(values);
    if (known !== undefined) return known;
    const tensor = this.backend.makeTensorInfo([values.length], "float32", values);
    this.#constants.set(values, tensor);
    return tensor;
  }

  /** Frees a temporary tensor after the commands so far have run. */
  free(tensor: TensorInfo): void {
    this.backend.disposeData(tensor.dataId);
  }

  /**
   * Records one dispatch.
   *
   * @param tensors the tensors that the program reads and writes, by name
   * @param uniforms values in the program's order
   */
  run(
    program: Program,
    tensors: Readonly<Record<string, TensorInfo | undefined>>,
    uniforms: readonly number[],
    workgroups: readonly [number, number, number],
  ): void {
    this.failures.throwIfFailed();
    if (workgroups.some((count) => count === 0)) return;
    const converted: TensorInfo[] = [];
    const resources = [...program.writes, ...program.reads].map((binding) => {
      const tensor = tensors[nameOf(binding)];
      if (tensor === undefined) throw new Error(`webgpu ${program.name}: expected a tensor ${binding}, got none`);
      if (!isOfFloats(binding) || this.#isFloat(tensor)) return this.#buffer(program, binding, tensor);
      converted.push(this.#toFloat(tensor));
      return this.#buffer(program, binding, converted.at(-1)!);
    });
    const compiled = this.#compile(program);
    this.#record(program, compiled.pipeline, this.#bindings.of(program, compiled, resources, uniforms), workgroups);
    for (const tensor of converted) this.free(tensor);
  }

  /** Whether the values are stored as floats: tfjs casts integers to floats by relabelling them. */
  #isFloat({ dataId }: TensorInfo): boolean {
    return this.backend.tensorMap.get(dataId).dtype === "float32";
  }

  #toFloat(x: TensorInfo): TensorInfo {
    const result = this.output(x.shape);
    const size = sizeOf(x.shape);
    this.run(toFloat, { x, result }, [size], groupsFor(Math.ceil(size / threads)));
    return result;
  }

  #buffer(program: Program, binding: string, tensor: TensorInfo): GPUBuffer {
    if (typeOf(binding) !== storedType) this.backend.uploadToGPU(tensor.dataId);
    internals(this.backend).commandQueueOwnedIds.add(tensor.dataId);
    const data = this.backend.tensorMap.get(tensor.dataId);
    if (program.writes.includes(binding)) data.values = null as never; // a value read back earlier is stale
    return data.resource as GPUBuffer;
  }

  #compile(program: Program): Compiled {
    const before = this.#compiled.get(program.name);
    if (before !== undefined) return before;
    const { device } = this.backend;
    const module = device.createShaderModule({ label: program.name, code: shaderOf(program) });
    const pipeline = device.createComputePipeline({ label: program.name, layout: "auto", compute: { module } });
    const compiled = { id: this.#compiled.size, pipeline, layout: pipeline.getBindGroupLayout(0) };
    this.#compiled.set(program.name, compiled);
    return compiled;
  }

  #record(
    { name }: Program,
    pipeline: GPUComputePipeline,
    group: GPUBindGroup,
    [x, y, z]: readonly [number, number, number],
  ): void {
    const { backend } = this;
    const state = internals(backend);
    const timers =
      state.activeTimers != null && backend.device.features.has("timestamp-query") ? state.activeTimers : null;
    backend.ensureCommandEncoderReady();
    if (timers !== null) {
      backend.endComputePassEncoder();
      state.querySet ??= backend.device.createQuerySet({ type: "timestamp", count: state.querySetCount });
      const timestampWrites = { querySet: state.querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
      state.computePassEncoder = state.commandEncoder!.beginComputePass({ timestampWrites });
    }
    state.computePassEncoder ??= state.commandEncoder!.beginComputePass();
    state.computePassEncoder.setPipeline(pipeline);
    state.computePassEncoder.setBindGroup(0, group);
    state.computePassEncoder.dispatchWorkgroups(x, y, z);
    state.dispatchCountInPass++;
    if (timers !== null) {
      backend.endComputePassEncoder();
      timers.push({ name, query: backend.getQueryTime() });
    } else if (tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE") <= state.dispatchCountInPass) {
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
  }
}

const toFloat: Program = { ...elementwise("toFloat", [], "f32(x[index])"), reads: ["x: i32"] };

const nameOf = (binding: string): string => binding.split(":")[0]!;
const typeOf = (binding: string): string => binding.split(":")[1]?.trim() ?? "f32";

/** Whether a binding expects floats, one by one or in fours. */
const isOfFloats = (binding: string): boolean => ["f32", "vec4f"].includes(typeOf(binding));

/** WGSL of a program, whole. */
export const shaderOf = (program: Program): string =>
  [...(program.enables ?? []).map((name) => `enable ${name};`), declarations(program), program.source].join("\n");

function declarations({ reads, writes, uniforms }: Program): string {
  const bindings = [
    ...writes.map((each) => ({ each, access: ", read_write" })),
    ...reads.map((each) => ({ each, access: "" })),
  ].map(({ each, access }, binding) => {
    const type = typeOf(each) === storedType ? "u32" : typeOf(each);
    return `@group(0) @binding(${binding}) var<storage${access}> ${nameOf(each)}: array<${type}>;`;
  });
  return [
    ...bindings,
    `struct Uniforms { ${uniforms.join(", ")} }`,
    `@group(0) @binding(${bindings.length}) var<uniform> uniforms: Uniforms;`,
  ].join("\n");
}

/** Number of values of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** A tensor seen as rows of its last axis. */
export function rowsOf({ shape }: TensorInfo): { rows: number; channels: number } {
  const channels = shape[shape.length - 1] ?? 1;
  return { rows: sizeOf(shape.slice(0, -1)), channels };
}
