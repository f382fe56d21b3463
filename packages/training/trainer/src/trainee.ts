import { adamW, type Optimizer, type Tensors } from "@petl/optim";
import type { Params } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";
import type { TunedModel } from "./tuned-model.js";

/** What one update is made with. */
export interface UpdateSettings {
  /** 1 for the first. */
  readonly step: number;
  readonly learningRate: number;
  /** Scalar that multiplies every gradient; null for 1. */
  readonly scale: Tensor | null;
}

/**
 * A model and the optimizer's state of what it trains. Where a method trains a part of that at a time, the state is that of the part: it
 * goes with a tensor that is no longer trained, and begins anew when the tensor comes back.
 */
export class Trainee {
  readonly #kept = new Map<string, { readonly began: number; readonly tensors: Tensors }>();
  #state: Tensors = {};
  /** Steps whose update was not made. */
  readonly #skipped: number[];

  /** `made`: steps of an earlier process, whose state is restored after this; `skipped`: those of them that updated nothing. */
  constructor(
    readonly model: TunedModel,
    readonly optimizer: Optimizer = adamW(),
    made = 0,
    skipped: readonly number[] = [],
  ) {
    this.#skipped = [...skipped];
    this.#keep(beginnings(model, Math.max(1, made)));
  }

  /** The optimizer's state, by name. It is live, and has other names after an update that trains something else. */
  get state(): Tensors {
    return this.#state;
  }

  /** Makes the state that of what update `step` trains -> those tensors, by name. */
  begin(step: number): Params {
    const trained = this.model.trainedIn(step);
    if (this.model.attachment.trainedIn !== undefined)
      this.#keep(Object.keys(trained).map((name) => [name, this.#kept.get(name)?.began ?? step]));
    return trained;
  }

  /** Updates what is trained from its gradients, by name. */
  update(gradients: Tensors, { step, learningRate, scale }: UpdateSettings): void {
    this.optimizer.update(this.#state, {
      ...{ params: this.model.trained, gradients, step, learningRate, scale },
      settings: (name) => this.model.optimizerSettings(name),
      updatesOf: (name) => this.#updates(this.#kept.get(name)!.began, step),
    });
  }

  /** Notes that a step updates nothing: the optimizer does not count it. */
  skip(step: number): void {
    this.#skipped.push(step);
  }

  /** Updates made from one step to another. */
  #updates(from: number, to: number): number {
    return to - from + 1 - this.#skipped.filter((step) => step >= from && step <= to).length;
  }

  /** Frees the optimizer's state; the model stays. */
  dispose(): void {
    this.#keep([]);
  }

  /** Frees the state of all but some tensors, and begins that of newcomers. */
  #keep(names: Iterable<readonly [name: string, began: number]>): void {
    const wanted = new Map(names);
    for (const [name, { tensors }] of this.#kept) {
      if (wanted.has(name)) continue;
      tf.dispose(Object.values(tensors));
      this.#kept.delete(name);
    }
    for (const [name, began] of wanted) {
      if (this.#kept.has(name)) continue;
      const param = { [name]: this.model.trained[name]! };
      const tensors = this.optimizer.init(param, (each) => this.model.optimizerSettings(each));
      this.#kept.set(name, { began, tensors });
    }
    this.#state = Object.assign({}, ...[...this.#kept.values()].map(({ tensors }) => tensors));
  }
}

/** What update `step` trains, and since which update without a break. */
function beginnings(model: TunedModel, step: number): Map<string, number> {
  const first = model.attachment.trainedIn === undefined ? step : 1;
  let began = new Map<string, number>();
  for (let update = first; update <= step; update++) {
    const before = began;
    const since = (name: string): number => before.get(name) ?? (update === first ? 1 : update);
    began = new Map(Object.keys(model.trainedIn(update)).map((name) => [name, since(name)]));
  }
  return began;
}
