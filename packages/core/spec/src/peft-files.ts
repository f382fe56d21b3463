import type { LayoutFiles, Params, Site, Tuned } from "./contract.js";
import { publishedModule } from "./published-module.js";

const taskTypes = { "encoder-decoder": "SEQ_2_SEQ_LM", encoder: "FEATURE_EXTRACTION", decoder: "CAUSAL_LM" } as const;

/**
 * The two files of PEFT's layout, `adapter_config.json` and `adapter_model.safetensors`.
 *
 * A task's head is stored beside the method's tensors, as PEFT's `modules_to_save` are.
 *
 * `settings` are the fields of PEFT's configuration class for that `peft_type`; `tensors` have the names that PEFT saves them by; `root`
 * is where the backbone hangs in its model, `base_model` for methods that only add to the input.
 * Read by PEFT 0.21, https://huggingface.co/docs/peft
 */
export function peftFiles(
  { backbone, backboneSource, trained }: Pick<Tuned, "backbone" | "backboneSource" | "trained">,
  settings: Readonly<Record<string, unknown>>,
  tensors: Params,
  root = "base_model.model",
): LayoutFiles {
  const { head, kind } = backbone;
  const common = {
    task_type: head.length > 0 ? "SEQ_CLS" : taskTypes[kind],
    base_model_name_or_path: backboneSource,
    inference_mode: true,
    ...(head.length > 0 && { modules_to_save: [...new Set(head.map((param) => publishedModule(backbone, param)))] }),
  };
  const ofHead = head.map((param) => [`${root}.${backbone.publishedNames.get(param) ?? param}`, trained[param]!]);
  return {
    tensors: { "adapter_model.safetensors": { ...tensors, ...Object.fromEntries(ofHead) } },
    json: { "adapter_config.json": { ...common, ...settings } },
  };
}

/**
 * Tensors that a method added to linear sites, by PEFT's names, and the modules they belong to.
 *
 * `parts` maps the last part of our names to the end of PEFT's: `<site>.<ours>` becomes `base_model.model.<module>.<theirs>`.
 */
export function peftTensors(
  sites: readonly Site[],
  { backbone, trained, frozen }: Pick<Tuned, "backbone" | "trained" | "frozen">,
  parts: Readonly<Record<string, string>>,
): { readonly modules: readonly string[]; readonly tensors: Params } {
  const modules = sites.map(({ params: [weight] }) => publishedModule(backbone, weight!));
  const added = { ...trained, ...frozen };
  const tensors = sites.flatMap(({ name }, index) =>
    Object.entries(parts).map(([ours, theirs]) => [
      `base_model.model.${modules[index]}.${theirs}`,
      added[`${name}.${ours}`]!,
    ]),
  );
  return { modules, tensors: Object.fromEntries(tensors) };
}
