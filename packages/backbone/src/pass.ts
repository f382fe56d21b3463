import type { Activation, Attachment, Site, StepContext } from "@petl/spec";
import { gradientStart } from "@petl/spec";
import { atPlace, dropout, type Tensor, tf, tidy, untaped } from "@petl/tensor";

/**
 * One trip of a batch through the backbone: runs each site, its hook, and keeps what a side network reads.
 *
 * Sites before `gradientStart` run outside the tape and everything in them is freed on the way, but for recorded outputs.
 */
export class Pass {
  readonly recorded = new Map<string, Activation>();
  readonly #index: ReadonlyMap<string, number>;
  readonly #start: number;
  readonly #reads: ReadonlySet<string>;

  constructor(
    sites: readonly Site[],
    readonly attachment: Pick<Attachment, "hooks" | "unfrozen" | "side">,
    readonly context: StepContext,
    /** Probability with which the backbone's own dropout zeroes a value; 0 in evaluation. */
    readonly dropoutRate: number,
  ) {
    this.#index = new Map(sites.map((site, index) => [site.name, index]));
    this.#start = gradientStart({ sites }, attachment);
    this.#reads = new Set(attachment.side?.reads ?? []);
  }

  /** Computes a site: `compute`, then its hook; recorded if a side network reads it. */
  at(name: string, input: Activation, compute: () => Activation): Activation {
    return this.owned(name, () => {
      const plain = compute();
      const hook = this.attachment.hooks.get(name);
      const output = hook === undefined ? plain : hook(plain, input, this.context);
      if (this.#reads.has(name)) this.#record(name, output);
      return output;
    });
  }

  /** Runs a computation that belongs to a site, differentiated if the site is, and frees what it leaves behind. */
  owned<Result extends Activation | Tensor>(name: string, compute: () => Result): Result {
    const index = this.#index.get(name);
    if (index === undefined) throw new Error(`backbone: no site named ${name}`);
    const isReadout = name === "decoder.norm" || name === "lmHead";
    const run = (): Result => atPlace({ site: name }, () => tidy(compute));
    return isReadout || index >= this.#start ? run() : untaped(run);
  }

  /** Whether somebody hooks or reads a site, so that its output must exist. */
  isWatched(name: string): boolean {
    return this.attachment.hooks.has(name) || this.#reads.has(name);
  }

  /** The backbone's own dropout; `place` names the mask's stream. */
  dropout(hidden: Tensor, place: string): Tensor {
    return this.isDropping ? dropout(hidden, this.dropoutRate, this.context.random.fork(`backbone.${place}`)) : hidden;
  }

  get isDropping(): boolean {
    return this.context.training && this.dropoutRate > 0;
  }

  /** Frees the recorded activations. */
  dispose(): void {
    for (const { hidden, mask } of this.recorded.values()) tf.dispose([hidden, mask]);
    this.recorded.clear();
  }

  #record(name: string, { hidden, mask }: Activation): void {
    const before = this.recorded.get(name);
    if (before !== undefined) tf.dispose([before.hidden, before.mask]); // a later decoding pass sees longer prefixes
    this.recorded.set(name, { hidden: tf.keep(hidden.clone()), mask: tf.keep(mask.clone()) });
  }
}
