import type { Pass } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { type AttentionSetting, attentionSublayer } from "./attention-sublayer.js";
import { feedForwardSublayer } from "./feed-forward-sublayer.js";
import type { ModelView } from "./sublayer.js";

/** `x = x + attention(norm(x))`, then `x + feedforward(norm(x))`: (batch, tokens, channels) -> the same shape. */
export function decoderLayer(
  model: ModelView,
  name: string,
  input: Activation,
  setting: AttentionSetting,
  pass: Pass,
): Activation {
  const attended = attentionSublayer(model, `${name}.attention`, input, setting, pass);
  return feedForwardSublayer(model, `${name}.feedforward`, attended, pass);
}
