import { type Tensor, tf } from "@petl/tensor";

/** Tensors computed of tokens that later ones will see, by name, such as keys and values; none at first. Owns them. */
export class TokenCache<Tokens extends { readonly [Name in keyof Tokens]: Tensor }> {
  #tokens: Tokens | null = null;

  get tokens(): Tokens | null {
    return this.#tokens;
  }

  replace(tokens: Tokens): void {
    const kept = Object.entries<Tensor>(tokens).map(([name, tensor]) => [name, tf.keep(tensor.clone())]);
    this.dispose();
    this.#tokens = Object.fromEntries(kept) as Tokens;
  }

  dispose(): void {
    if (this.#tokens !== null) tf.dispose(Object.values<Tensor>(this.#tokens));
    this.#tokens = null;
  }
}
