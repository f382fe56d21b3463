import { DeviceError } from "@petl/tensor";

/** Bytes of free buffers that are always kept. */
const spareBytes = 64 * 2 ** 20;

/**
 * A device's buffers. It replaces tfjs's manager, which keeps every free buffer forever: batches of many lengths would fill a GPU.
 * Here free buffers of the same size are reused, and the oldest are destroyed when free buffers exceed a quarter of those in
 * use.
 */
export class BufferPool {
  /** Bytes of buffers used by tensors and staging. */
  numBytesUsed = 0;
  /** Bytes of all buffers of the device. */
  numBytesAllocated = 0;
  /** Peak bytes of all buffers. */
  peakBytes = 0;
  numUsedBuffers = 0;
  numFreeBuffers = 0;
  readonly #free = new Map<string, GPUBuffer[]>(); // least recently released size first
  readonly #used = new Set<GPUBuffer>();

  constructor(private readonly device: GPUDevice) {}

  acquireBuffer(size: number, usage: number, mappedAtCreation = false, reuse = true): GPUBuffer {
    const buffer = (reuse ? this.#take(size, usage) : undefined) ?? this.#create(size, usage, mappedAtCreation);
    this.#used.add(buffer);
    this.numUsedBuffers++;
    this.numBytesUsed += size;
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.#used.delete(buffer)) return; // released after the pool was disposed
    this.numUsedBuffers--;
    this.numBytesUsed -= buffer.size;
    if (!reuse) {
      this.#destroy(buffer);
      return;
    }
    const key = keyOf(buffer.size, buffer.usage);
    const free = this.#free.get(key) ?? [];
    free.push(buffer);
    this.#free.delete(key);
    this.#free.set(key, free); // now the most recent
    this.numFreeBuffers++;
  }

  dispose(): void {
    for (const buffers of this.#free.values()) for (const buffer of buffers) buffer.destroy();
    for (const buffer of this.#used) buffer.destroy();
    this.#free.clear();
    this.#used.clear();
    this.numUsedBuffers = this.numFreeBuffers = this.numBytesUsed = this.numBytesAllocated = 0;
  }

  #take(size: number, usage: number): GPUBuffer | undefined {
    const buffer = this.#free.get(keyOf(size, usage))?.pop();
    if (buffer !== undefined) this.numFreeBuffers--;
    return buffer;
  }

  #create(size: number, usage: number, mappedAtCreation: boolean): GPUBuffer {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (size > largest) {
      const message = `webgpu: expected tensors of at most ${largest} bytes (this GPU's buffer limit), got one of ${size}; lower --batch-size or --max-length`;
      throw new DeviceError("E_DEVICE_MEMORY", message);
    }
    this.#trim(size);
    const buffer = this.device.createBuffer({ size, usage, mappedAtCreation });
    this.numBytesAllocated += size;
    this.peakBytes = Math.max(this.peakBytes, this.numBytesAllocated);
    return buffer;
  }

  /** Destroys free buffers to make room for a new one. Submitted work may still use a destroyed buffer. */
  #trim(size: number): void {
    const allowed = spareBytes + (this.numBytesUsed + size) / 4;
    for (const [key, buffers] of this.#free) {
      while (buffers.length > 0 && this.numBytesAllocated - this.numBytesUsed > allowed) {
        this.#destroy(buffers.pop()!);
        this.numFreeBuffers--;
      }
      if (buffers.length > 0) return;
      this.#free.delete(key);
    }
  }

  #destroy(buffer: GPUBuffer): void {
    this.numBytesAllocated -= buffer.size;
    buffer.destroy();
  }
}

const keyOf = (size: number, usage: number): string => `${size}_${usage}`;
