import type { Attachment, Backbone } from "@petl/spec";
import type { Random } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import type { Rungs } from "../ladder.js";
import { geometryOf, rungsIn } from "./geometry.js";
import { sideNetwork } from "./side-network.js";
import { sideParams } from "./side-params.js";

/** A narrow T5 beside an encoder and a decoder. */
export function attached(backbone: Backbone, config: LstConfig, random: Random): Pick<Attachment, "params" | "side"> {
  const geometry = geometryOf(backbone, config);
  return { params: sideParams(backbone, geometry, config, random), side: sideNetwork(backbone, geometry, config) };
}

/** What the side network reads of the encoder and of the decoder. @throws AttachmentError as `attached` */
export const rungsOf = (backbone: Backbone, config: LstConfig): readonly Rungs[] =>
  rungsIn(geometryOf(backbone, config));
