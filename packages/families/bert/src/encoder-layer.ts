import { addResidual, addSublayer, linearSite, type Pass, release } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { applyAttention, attention, attentionWeights, gelu, geluErf, relu, type Tensor } from "@petl/tensor";
import { architectures } from "./architectures.js";
import type { BertConfig } from "./config.js";
import { normSite } from "./layers.js";
import type { WeightsView } from "./weights-view.js";

/** `x = norm(x + dropout(attention(x)))`, then `norm(x + dropout(feedforward(x)))`: (batch, tokens, channels) -> the same shape. */
export function encoderLayer(model: WeightsView, name: string, input: Activation, pass: Pass): Activation {
  const attended = attentionSublayer(model, `${name}.attention`, input, pass);
  const output = feedForwardSublayer(model, `${name}.feedforward`, attended, pass);
  release(attended, output);
  return output;
}

function attentionSublayer(model: WeightsView, name: string, input: Activation, pass: Pass): Activation {
  const attended = pass.at(name, input, () => {
    const query = linearSite(model, `${name}.query`, input, true, pass);
    const key = linearSite(model, `${name}.key`, input, true, pass);
    const value = linearSite(model, `${name}.value`, input, true, pass);
    const context = attend(model, name, query, key, value.hidden, pass);
    return linearSite(model, `${name}.output`, { hidden: context, mask: input.mask }, true, pass);
  });
  const { dropsAttention } = architectures[model.config.architecture];
  return closed(
    model,
    name,
    dropsAttention ? addResidual(input, attended, name, pass) : addSublayer(input, attended),
    pass,
  );
}

/** The keys that a hook put before the others count by the mask it returned. */
function attend(
  { config }: WeightsView,
  name: string,
  query: Activation,
  key: Activation,
  value: Tensor,
  pass: Pass,
): Tensor {
  const weights = `${name}.weights`;
  const { heads, modelWidth } = config;
  const shape = { heads, scale: (modelWidth / heads) ** -0.5, causal: false };
  const inputs = { query: query.hidden, key: key.hidden, bias: null, mask: key.mask };
  if (!pass.isWatched(weights))
    return pass.owned(weights, () => attention({ ...inputs, value }, shape, pass.dropping(weights)));
  const probabilities = pass.at(weights, query, () => ({ hidden: attentionWeights(inputs, shape), mask: key.mask }));
  return pass.owned(weights, () => applyAttention(pass.dropout(probabilities.hidden, weights), value, heads));
}

const functions: Readonly<Record<BertConfig["activation"], (x: Tensor) => Tensor>> = {
  gelu: geluErf,
  "gelu-tanh": gelu,
  relu,
};

function feedForwardSublayer(model: WeightsView, name: string, input: Activation, pass: Pass): Activation {
  const transformed = pass.at(name, input, () => {
    const intermediate = linearSite(model, `${name}.input`, input, true, pass); // (batch, tokens, feed-forward width)
    const active = pass.at(`${name}.activation`, intermediate, () => ({
      hidden: functions[model.config.activation](intermediate.hidden),
      mask: intermediate.mask,
    }));
    release(intermediate, active);
    return linearSite(model, `${name}.output`, active, true, pass);
  });
  return closed(model, name, addResidual(input, transformed, name, pass), pass);
}

/** The norm that closes a sublayer; the sum it reads is freed. */
function closed(model: WeightsView, name: string, sum: Activation, pass: Pass): Activation {
  const output = normSite(model, `${name}.norm`, sum, pass);
  release(sum, output);
  return output;
}
