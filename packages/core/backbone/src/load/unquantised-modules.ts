/** Names of tensors by what they are. */
export interface TensorRoles {
  /** Weights that are quantised. */
  readonly layers: ReadonlySet<string>;
  /** What the model computes with. */
  readonly used: ReadonlySet<string>;
  /** Under which a file may repeat a tensor, such as a tied head. */
  readonly aliases: readonly string[];
}

/**
 * Modules that transformers must not make 4-bit layers of, by the ends of their names: those of their weights without `.weight`, and
 * without the model's name before it, which transformers leaves out where it loads the model without a head. Of what the model does not
 * compute with, such as another task's head, it is the outermost module without quantised weights: a head may have tied layers besides.
 *
 * @param matrices names of the tensors with two axes
 */
export function unquantisedModules(matrices: readonly string[], { layers, used, aliases }: TensorRoles): string[] {
  const holdsLayers = (module: string): boolean => [...layers].some((name) => name.startsWith(`${module}.`));
  const outermostOf = (name: string): string => name.split(".", 1)[0]!;
  const [model, ...more] = new Set([...layers].map(outermostOf));
  const withoutModel = (module: string): string =>
    more.length === 0 && module.startsWith(`${model}.`) ? module.slice(model!.length + 1) : module;
  const moduleOf = (name: string): string => {
    const outermost = outermostOf(name);
    return used.has(name) || holdsLayers(outermost) ? withoutModel(ownModule(name)) : outermost;
  };
  const names = [...matrices.filter((name) => !layers.has(name)).map(moduleOf), ...aliases.map(ownModule)];
  return [...new Set(names)];
}

const ownModule = (name: string): string => name.replace(/\.weight$/, "");
