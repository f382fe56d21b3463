import { passBeside } from "@petl/backbone";
import type { NarrowBlocks, Site } from "@petl/spec";
import { encoderLayer } from "./encoder-layer.js";
import type { WeightsView } from "./weights-view.js";

/** Copies of the encoder's layers at widths divided by `reduction`; the heads stay as many. */
export function narrowBlocks(
  { name, config, sites }: WeightsView & { readonly sites: readonly Site[] },
  reduction: number,
): NarrowBlocks {
  const modelWidth = config.modelWidth / reduction;
  const narrow = { ...config, modelWidth, feedForwardWidth: config.feedForwardWidth / reduction };
  return {
    headWidth: modelWidth / config.heads,
    turnedChannels: null,
    initialDeviation: config.initializerRange,
    begin(_tokens, { prefix, dropout, context }) {
      const pass = passBeside(sites, prefix, context, dropout);
      const view = { name, config: narrow, param: (name: string) => context.params[name]! };
      return (site, input) => encoderLayer(view, prefix + site, input, pass);
    },
  };
}
