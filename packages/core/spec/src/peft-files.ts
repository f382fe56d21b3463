import type { Backbone, LayoutFiles, Params, Site, Tuned } from "./contract.js";

/**
 * The two files of PEFT's layout, `adapter_config.json` and `adapter_model.safetensors`, for a sequence-to-sequence model.
 *
 * `settings` are the fields of PEFT's configuration class for that `peft_type`; `tensors` have the names that PEFT saves them by.
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

/**
 * Tensors that a method added to linear sites, by PEFT's names, and the modules they belong to.
 *
 * `parts` maps the last part of our names to the end of PEFT's: `<site>.<ours>` becomes `base_model.model.<module>.<theirs>`.
 */
export function peftTensors(
  sites: readonly Site[],
  { backbone, trained }: Pick<Tuned, "backbone" | "trained">,
  parts: Readonly<Record<string, string>>,
): { readonly modules: readonly string[]; readonly tensors: Params } {
  const modules = sites.map(({ params: [weight] }) => peftModule(backbone, weight!));
  const tensors = sites.flatMap(({ name }, index) =>
    Object.entries(parts).map(([ours, theirs]) => [
      `base_model.model.${modules[index]}.${theirs}`,
      trained[`${name}.${ours}`]!,
    ]),
  );
  return { modules, tensors: Object.fromEntries(tensors) };
}
