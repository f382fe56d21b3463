import { type Tensor, tf } from "@petl/tensor";

/** Keys and values of tokens already seen; empty at first. Owns its tensors. */
export class KeyValueCache {
  key: Tensor | null = null;
  value: Tensor | null = null;

  get tokens(): number {
    return this.key?.shape[1] ?? 0;
  }

  replace(key: Tensor, value: Tensor): void {
    const kept = [tf.keep(key.clone()), tf.keep(value.clone())] as const;
    this.dispose();
    [this.key, this.value] = kept;
  }

  dispose(): void {
    if (this.key !== null && this.value !== null) tf.dispose([this.key, this.value]);
    [this.key, this.value] = [null, null];
  }
}
