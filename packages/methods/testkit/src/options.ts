import type { Backbone } from "@petl/spec";

export interface TestMethodOptions {
  /** Settings to attach with, as a user would write them. */
  readonly config?: unknown;
  /** False for a method whose fresh attachment changes the backbone's output, such as one that adds tokens. */
  readonly startsAsIdentity?: boolean;
  /** Trained tensors whose gradient is zero by construction, such as a key bias under softmax. */
  readonly hasZeroGradient?: (param: string, backbone: Backbone) => boolean;
  /** Kinds of backbones that it attaches to with these settings, all by default; it must refuse the others in one line. */
  readonly kinds?: readonly Backbone["kind"][];
}
