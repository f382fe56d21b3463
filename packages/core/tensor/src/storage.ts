import type { WeightFormat } from "@petl/weight-formats";

/** How a device keeps the values of a tensor that are not float32. */
export interface Storage {
  readonly format: WeightFormat;
  readonly bytes: number;
}

const storages = new WeakMap<object, Storage>(); // by data id

/** Says how a device keeps a new buffer; called by its kernel `PetlStoreWeight`, before the engine counts the buffer. */
export function markStored(dataId: object, storage: Storage): void {
  storages.set(dataId, storage);
}

/** How a tensor's values are kept; null: as float32 (or int32, bool). */
export function storageOf({ dataId }: { readonly dataId: object }): Storage | null {
  return storages.get(dataId) ?? null;
}

/** What a device throws for an operation that does not know stored weights; `operation` where the device can name it. */
export function unknownStorage(
  device: string,
  { format, shape }: { readonly format: WeightFormat; readonly shape: readonly number[] },
  operation = "another one",
): Error {
  return new Error(
    `${device}: expected an operation that takes a weight stored as ${format} (linear, embedding), got ${operation} on a weight [${shape}]; use --backbone-dtype f32 with this method`,
  );
}
