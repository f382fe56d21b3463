import { type Attachment, AttachmentError, type Backbone, type NarrowStack, narrowStack } from "@petl/spec";
import type { Random } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import { hasSideLayer, type Rungs } from "../ladder.js";
import { sideNetwork } from "./side-network.js";
import { sideParams } from "./side-params.js";

/** Narrow copies of the blocks of an encoder or a decoder. @throws AttachmentError if no layer gets one, and as `narrowStack` */
export function attached(backbone: Backbone, config: LstConfig, random: Random): Pick<Attachment, "params" | "side"> {
  const stack = stackOf(backbone, config);
  return { params: sideParams(backbone, stack, config, random), side: sideNetwork(stack, config) };
}

/** What the side network reads of the only stack. @throws AttachmentError as `attached` */
export const rungsOf = (backbone: Backbone, config: LstConfig): readonly Rungs[] => [stackOf(backbone, config).sites];

function stackOf(backbone: Backbone, { reduction, skipEvery }: LstConfig): NarrowStack {
  const stack = narrowStack(backbone, "lst", reduction, (layer) => hasSideLayer(layer, skipEvery));
  if (stack.sites.blocks.length === 0)
    throw new AttachmentError(
      `lst: skipEvery ${skipEvery} leaves no ${backbone.kind} layer; expected 0 for so shallow a stack`,
    );
  return stack;
}
