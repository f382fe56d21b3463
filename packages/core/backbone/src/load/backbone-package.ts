/** What a backbone package (`@petl/backbone-...`) exports by default: a checkpoint that it carries. */
export interface BackbonePackage {
  readonly name: string;
  /** One line for `bench list`. */
  readonly description: string;
  /** Directory with `config.json`, `model.safetensors` and `tokenizer.json`. */
  readonly directory: string;
  /** Of `model.safetensors`; other weights are refused. */
  readonly sha256: string;
}

/** Imports a backbone package's default export by the URL of its main module. @throws TypeError if it is none */
export async function importBackbonePackage(url: string): Promise<BackbonePackage> {
  const exported = ((await import(url)) as { default?: Partial<BackbonePackage> }).default;
  const lacking = (["name", "description", "directory", "sha256"] as const).filter(
    (field) => typeof exported?.[field] !== "string",
  );
  if (lacking.length === 0) return exported as BackbonePackage;
  throw new TypeError(
    `${url}: expected a default export of type BackbonePackage, got one without ${lacking.join(", ")}`,
  );
}
