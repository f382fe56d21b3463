// What a GPU day trains, the most telling first: whatever does not fit the time is left at the end.

/** Those of this project that a comparison needs, beside full fine-tuning. */
const methods = ["read", "full", "lora", "bitfit"];
const half = ["ours f16", "torch bf16"];
const single = ["ours f32", "torch f32", "torch tf32"];
const backbones = ["t5-base", "bert-base", "llama-3.2-1b"];
const batches = [32, 100];

/** (backbones, batches, methods, engines) by worth. */
const order = [
  [["t5-base"], [32], ["read", "full"], half],
  [["t5-base"], [32], ["read", "full"], single],
  [["t5-base"], [32], ["lora"], [...half, ...single]],
  [["llama-3.2-1b"], [32], ["read", "lora", "full"], half],
  [["bert-base"], [32], ["read", "full", "lora"], half],
  [["t5-base"], [100], ["read", "full"], half],
  [["bert-base", "llama-3.2-1b"], [32], ["read", "full", "lora"], single],
  [["t5-base"], [100], ["read", "full", "lora"], [...half, ...single]],
  [backbones, [32], methods, [...half, ...single]],
  [backbones, batches, methods, [...half, ...single]],
];

/** Of a rehearsal: every backbone and method, as small as can be. */
const tiny = ["t5-tiny", "bert-tiny", "llama-tiny"];
const rehearsed = [
  [["t5-tiny"], [2], ["read"], ["ours f32", "torch f32", "ours f16", "torch bf16", "torch tf32"]],
  [tiny, [2], ["read"], ["ours f32", "torch f32"]],
  [tiny, [2], methods, ["ours f32", "torch f32"]],
];

/**
 * Arms in the order in which they are measured, each once: `{ backbone, batch, method, engine }`. Ours and PyTorch's take turns.
 *
 * @param {{ isRehearsal: boolean }} options
 */
export function armsOf({ isRehearsal }) {
  const all = (isRehearsal ? rehearsed : order).flatMap(([backbones, batches, methods, engines]) =>
    backbones.flatMap((backbone) =>
      batches.flatMap((batch) =>
        methods.flatMap((method) => engines.map((engine) => ({ backbone, batch, method, engine }))),
      ),
    ),
  );
  const seen = new Set();
  return all.filter((arm) => {
    const key = JSON.stringify(arm);
    return !seen.has(key) && seen.add(key);
  });
}

/** Tokens of a row that the backbone computes on (a T5's decoder: `targets` more), and tokens of its answer. */
export const sizesOf = ({ isRehearsal }) => (isRehearsal ? { tokens: 8, targets: 2 } : { tokens: 128, targets: 8 });
