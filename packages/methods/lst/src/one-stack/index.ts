import type { Attachment, Backbone, NarrowBlocks } from "@petl/spec";
import type { Random } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import { geometryOf } from "./geometry.js";
import { sideNetwork } from "./side-network.js";
import { sideParams } from "./side-params.js";

/** Narrow copies of the blocks of an encoder or a decoder. */
export function attached(
  backbone: Backbone,
  narrow: NarrowBlocks,
  config: LstConfig,
  random: Random,
): Pick<Attachment, "params" | "side"> {
  const geometry = geometryOf(backbone, narrow, config);
  return { params: sideParams(backbone, geometry, config, random), side: sideNetwork(geometry, config) };
}
