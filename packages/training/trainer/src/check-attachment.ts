import type { BackboneModel } from "@petl/backbone";
import { type Attachment, AttachmentError, gradientStart } from "@petl/spec";

/** @throws AttachmentError naming the method and what of its attachment does not fit the backbone or itself */
export function checkAttachment(backbone: BackboneModel, method: string, attachment: Attachment): void {
  const problem = [...problems(backbone, attachment)][0];
  if (problem !== undefined) throw new AttachmentError(`${method}: ${problem}`);
}

function* problems(backbone: BackboneModel, attachment: Attachment): Generator<string> {
  yield* ofSites(backbone, attachment);
  yield* ofTensors(backbone, attachment);
}

function* ofSites(backbone: BackboneModel, attachment: Attachment): Generator<string> {
  const { sites, readoutSites, name: model } = backbone;
  const { hooks, inputHooks = new Map(), reads = [], side } = attachment;
  const order = new Map(sites.map(({ name }, index) => [name, index]));
  const named = [
    ["hooks", [...hooks.keys()]],
    ["hooks the input of", [...inputHooks.keys()]],
    ["reads", [...reads, ...(side?.reads ?? [])]],
  ] as const;
  for (const [what, names] of named) {
    const unknown = names.find((name) => !order.has(name));
    if (unknown !== undefined) yield `${what} ${unknown}, which is no site of ${model}`;
  }
  const isLinear = (name: string): boolean =>
    sites[order.get(name)!]!.kind === "linear" && !readoutSites.includes(name);
  const odd = [...inputHooks.keys()].find((name) => !isLinear(name));
  if (odd !== undefined) yield `expected hooks of inputs at linear sites before the readout, got ${odd}`;
  const start = gradientStart(backbone, attachment);
  const late = reads.find((name) => order.get(name)! >= start);
  if (late !== undefined)
    yield `expected hooks to read sites before ${sites[start]?.name ?? "the readout"}, the first that is differentiated, got ${late}`;
  if (reads.length > 0 && side?.at === "positions-with-mean")
    yield "expected its side network to read at tokens or positions beside hooks, which read all tokens, got positions-with-mean";
  if (side !== undefined && !readoutSites.includes(side.enters))
    yield `expected its side network to enter one of ${readoutSites.join(", ")} of ${model}, got ${side.enters}`;
}

function* ofTensors(backbone: BackboneModel, attachment: Attachment): Generator<string> {
  const { params, frozen = [], unfrozen, trainedIn } = attachment;
  const missing = unfrozen.find((name) => backbone.params[name] === undefined);
  if (missing !== undefined) yield `unfreezes ${missing}, which is no tensor of ${backbone.name}`;
  const clash = Object.keys(params).find((name) => backbone.params[name] !== undefined);
  if (clash !== undefined) yield `adds ${clash}, a name ${backbone.name} already uses`;
  const strange = frozen.find((name) => params[name] === undefined);
  if (strange !== undefined) yield `freezes ${strange}, which is none of the tensors it adds`;
  const trained = new Set([...Object.keys(params).filter((name) => !frozen.includes(name)), ...unfrozen]);
  const untrained = trainedIn?.(1).find((name) => !trained.has(name));
  if (untrained !== undefined) yield `trains ${untrained} in update 1, which is none of the tensors that it trains`;
}
