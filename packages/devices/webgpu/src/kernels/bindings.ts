import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { internals } from "../backend.js";
import type { Program } from "./program.js";

/** A compiled program. */
export interface Compiled {
  /** Of no other program. */
  readonly id: number;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Most bind groups that are kept; all are let go when there are more. */
const mostGroups = 16_384;

/**
 * The bind groups of dispatches. Steps of one shape dispatch the same programs with the same uniforms on the same buffers of the pool, and to
 * make a bind group costs more than any other call of WebGPU, so they are kept.
 */
export class Bindings {
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #uniforms = new Map<string, GPUBuffer>();
  readonly #numbers = new WeakMap<GPUBuffer, number>();
  #count = 0;

  constructor(private readonly backend: WebGPUBackend) {}

  /** The bind group of a dispatch: the program's tensors in order, then its uniforms. */
  of(program: Program, compiled: Compiled, tensors: readonly GPUBuffer[], uniforms: readonly number[]): GPUBindGroup {
    if (program.differs === true) {
      const uniform = this.#uniformBuffer(program, uniforms);
      internals(this.backend).uniformPendingDisposal.push(uniform);
      return this.#create(compiled, tensors, uniform);
    }
    const ofUniforms = `${compiled.id}:${uniforms.join()}`;
    let key = ofUniforms;
    for (const buffer of tensors) key += `;${this.#numberOf(buffer)}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= mostGroups) this.#forget();
    let uniform = this.#uniforms.get(ofUniforms);
    if (uniform === undefined) {
      uniform = this.#uniformBuffer(program, uniforms);
      this.#uniforms.set(ofUniforms, uniform);
    }
    const group = this.#create(compiled, tensors, uniform);
    this.#groups.set(key, group);
    return group;
  }

  #create({ layout }: Compiled, tensors: readonly GPUBuffer[], uniform: GPUBuffer): GPUBindGroup {
    const entries = [...tensors, uniform].map((buffer, binding) => ({ binding, resource: { buffer } }));
    return this.backend.device.createBindGroup({ layout, entries });
  }

  /** The pool has them back once the commands so far are submitted. */
  #forget(): void {
    internals(this.backend).uniformPendingDisposal.push(...this.#uniforms.values());
    this.#uniforms.clear();
    this.#groups.clear();
  }

  #numberOf(buffer: GPUBuffer): number {
    const known = this.#numbers.get(buffer);
    if (known !== undefined) return known;
    this.#numbers.set(buffer, ++this.#count);
    return this.#count;
  }

  #uniformBuffer({ uniforms }: Program, values: readonly number[]): GPUBuffer {
    const bytes = new DataView(new ArrayBuffer(16 * Math.ceil(uniforms.length / 4)));
    for (const [index, declaration] of uniforms.entries()) {
      if (declaration.endsWith("f32")) bytes.setFloat32(4 * index, values[index]!, true);
      else bytes.setUint32(4 * index, values[index]!, true);
    }
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;
    const buffer = this.backend.bufferManager.acquireBuffer(bytes.byteLength, usage);
    this.backend.queue.writeBuffer(buffer, 0, bytes.buffer as ArrayBuffer);
    return buffer;
  }
}
