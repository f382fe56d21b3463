import type { Random, Tensor } from "@petl/tensor";
import type { Params } from "./contract.js";

/**
 * Fresh tensors of a linear layer as PyTorch's starts: `name.weight` (output, input) and, unless `hasBias` is false, `name.bias` (output),
 * uniform in +-1/sqrt(input), each from a stream of its own name.
 */
export function linearParams(
  name: string,
  [output, input]: readonly [output: number, input: number],
  random: Random,
  hasBias = true,
): Params {
  const bound = input ** -0.5;
  const draw = (part: string, shape: readonly number[]): readonly [string, Tensor] => {
    const param = `${name}.${part}`;
    return [param, random.fork(param).uniform(shape, -bound, bound)];
  };
  return Object.fromEntries([draw("weight", [output, input]), ...(hasBias ? [draw("bias", [output])] : [])]);
}
