import type { T5 } from "@petl/family-t5";
import { tf, type Variable } from "@petl/tensor";

/** Overwrites a parameter's values, row by row. */
export function setParameter({ params }: T5, name: string, values: Float32Array): void {
  const parameter = params[name] as Variable;
  const value = tf.tensor(values, parameter.shape);
  parameter.assign(value);
  value.dispose();
}

/** Changes a matrix parameter in place; `change` gets its values row by row and the number of columns. */
export function editParameter(model: T5, name: string, change: (values: Float32Array, columns: number) => void): void {
  const parameter = model.params[name]!;
  const values = parameter.dataSync().slice() as Float32Array;
  change(values, parameter.shape[1]!);
  setParameter(model, name, values);
}
