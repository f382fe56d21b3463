import type { Backbone, Site, SiteKind } from "@petl/spec";
import type { Tensor } from "@petl/tensor";

/** A site of a model; one that owns no tensors needs no list of them. */
export function site(
  name: string,
  kind: SiteKind,
  layer: number,
  width: Site["width"],
  params: readonly string[] = [],
): Site {
  return { name, kind, layer, width, params };
}

/** Names of the weights of the linear sites of layers. */
export function layerWeights(sites: readonly Site[]): string[] {
  const linear = sites.filter(({ kind, layer }) => kind === "linear" && layer >= 0);
  return linear.flatMap(({ params }) => params.filter((name) => name.endsWith(".weight")));
}

/** A backbone's tensor by name. @throws Error if there is none of this name */
export function tensorOf({ name, params }: Pick<Backbone, "name" | "params">, param: string): Tensor {
  const tensor = params[param];
  if (tensor === undefined) throw new Error(`backbone ${name}: no tensor named ${param}`);
  return tensor;
}
