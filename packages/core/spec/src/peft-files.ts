import type { Backbone, LayoutFiles, Params, Tuned } from "./contract.js";

/**
 * The two files of PEFT's layout, `adapter_config.json` and `adapter_model.safetensors`, for a sequence-to-sequence model.
 *
 * `settings` hold what PEFT's configuration class of that `peft_type` asks for; `tensors` have the names PEFT saves them under.
 * Read by PEFT 0.21, https://huggingface.co/docs/peft
 */
export function peftFiles(
  { backboneSource }: Pick<Tuned, "backboneSource">,
  settings: Readonly<Record<string, unknown>>,
  tensors: Params,
): LayoutFiles {
  const common = { task_type: "SEQ_2_SEQ_LM", base_model_name_or_path: backboneSource, inference_mode: true };
  return {
    tensors: { "adapter_model.safetensors": tensors },
    json: { "adapter_config.json": { ...common, ...settings } },
  };
}

/** The module a backbone tensor belongs to, as PEFT's `target_modules` name it: its published name without the last part. */
export function peftModule({ publishedNames }: Pick<Backbone, "publishedNames">, param: string): string {
  return (publishedNames.get(param) ?? param).replace(/\.[^.]*$/, "");
}
