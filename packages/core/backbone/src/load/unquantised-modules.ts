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
 * Modules that transformers must not make 4-bit layers of, by the names of their weights without `.weight`. Of what the model does not
 * compute with, such as another task's head, it is the outermost module without quantised weights: a head may have tied layers besides.
 *
 * @param matrices names of the tensors with two axes
 */
export function unquantisedModules(matrices: readonly string[], { layers, used, aliases }: TensorRoles): string[] {
  const holdsLayers = (module: string): boolean => [...layers].some((name) => name.startsWith(`${module}.`));
  const moduleOf = (name: string): string => {
    const [outermost = name] = name.split(".");
    return used.has(name) || holdsLayers(outermost) ? ownModule(name) : outermost;
  };
  const names = [...matrices.filter((name) => !layers.has(name)).map(moduleOf), ...aliases.map(ownModule)];
  return [...new Set(names)];
}

const ownModule = (name: string): string => name.replace(/\.weight$/, "");
