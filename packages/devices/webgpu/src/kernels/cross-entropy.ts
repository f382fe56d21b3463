import { type GpuKernel, rowsOf } from "./context.js";
import { entry, groupsFor, largestOfGroup, type Program, sumOverGroup, threads } from "./program.js";

const uniforms = ["rows: u32", "classes: u32"];

const eachClass = (body: string): string =>
  `for (var class_ = local; class_ < uniforms.classes; class_ += ${threads}u) { ${body} }`;

const softmaxOfRow = `
  if (group >= uniforms.rows) { return; }
  let first = group * uniforms.classes;
  let label = labels[group];
  var top = -3.4e38;
  ${eachClass("top = max(top, logits[first + class_]);")}
  let largest = groupLargest(top, local);
  var exponentials = 0.0;
  ${eachClass("exponentials += exp(logits[first + class_] - largest);")}
  let total = groupSum(exponentials, local);`;

const forward: Program = {
  name: "crossEntropy",
  reads: ["logits", "labels: i32"],
  writes: ["result"],
  uniforms,
  source: `${sumOverGroup}${largestOfGroup}
${entry(
  threads,
  `${softmaxOfRow}
  if (local == 0u) {
    if (label < 0) { result[group] = 0.0; }
    else { result[group] = log(total) + largest - logits[first + u32(label)]; }
  }`,
)}`,
};

const gradient: Program = {
  name: "crossEntropyGradient",
  reads: ["dy", "logits", "labels: i32"],
  writes: ["result"],
  uniforms,
  source: `${sumOverGroup}${largestOfGroup}
${entry(
  threads,
  `${softmaxOfRow}
  let scale = select(dy[group], 0.0, label < 0);
  ${eachClass(
    `let probability = exp(logits[first + class_] - largest) / total;
    result[first + class_] = (probability - select(0.0, 1.0, i32(class_) == label)) * scale;`,
  )}`,
)}`,
};

export const crossEntropy: GpuKernel = (context, { logits, labels }) => {
  const { rows, channels } = rowsOf(logits!);
  const result = context.output([rows]);
  context.run(forward, { logits, labels, result }, [rows, channels], groupsFor(rows));
  return result;
};

export const crossEntropyGradient: GpuKernel = (context, { dy, logits, labels }) => {
  const { rows, channels } = rowsOf(logits!);
  const result = context.output(logits!.shape);
  context.run(gradient, { dy, logits, labels, result }, [rows, channels], groupsFor(rows));
  return result;
};
