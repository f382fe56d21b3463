import type { T5 } from "@petl/backbone";

/** Name of the site whose output enters the readout. */
export function lastBlock({ config }: T5): string {
  return `decoder.${config.decoderLayers - 1}`;
}
