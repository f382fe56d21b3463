import type { Backbone } from "./contract.js";

type Published = Pick<Backbone, "publishedNames">;

/** The module that a tensor belongs to, by the names of the backbone's published checkpoints: its name there without the last part. */
export function publishedModule({ publishedNames }: Published, param: string): string {
  return parentModule(publishedNames.get(param) ?? param);
}

/** The module of a block, such as `bert.encoder.layer.3`: the names of its tensors there up to the layer's number. */
export function publishedBlock({ publishedNames }: Published, block: string): string {
  for (const [param, name] of publishedNames) {
    const upToNumber = /^(?:.*?\.)?\d+(?=\.)/.exec(name)?.[0];
    if (param.startsWith(`${block}.`) && upToNumber !== undefined) return upToNumber;
  }
  throw new Error(`block ${block}: expected a published name with a layer's number for one of its tensors, got none`);
}

/** The module around one. */
export const parentModule = (name: string): string => name.replace(/\.[^.]*$/, "");
