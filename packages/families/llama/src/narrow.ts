import { passBeside, rmsNormSite } from "@petl/backbone";
import type { NarrowBlocks, Site } from "@petl/spec";
import { rotaryTable } from "@petl/tensor";
import { decoderLayer } from "./decoder-layer.js";
import { closingNorm } from "./sites.js";
import type { ModelView } from "./sublayer.js";
import { ascending } from "./tokens.js";

/**
 * Copies of the decoder's layers at widths divided by `reduction`; the heads stay as many. A head keeps the angles of every
 * `reduction`-th pair of channels, which are those of a head so narrow.
 */
export function narrowBlocks(
  { config, frequencies: all, sites }: ModelView & { readonly sites: readonly Site[] },
  reduction: number,
): NarrowBlocks {
  const half = config.headWidth / 2;
  const pairs = Array.from({ length: Math.ceil(half / reduction) }, (_, index) => index * reduction);
  const turnedChannels = [...pairs, ...pairs.map((pair) => half + pair)];
  const headWidth = turnedChannels.length;
  const [modelWidth, feedForwardWidth] = [config.modelWidth / reduction, config.feedForwardWidth / reduction];
  const narrow = { ...config, modelWidth, feedForwardWidth, headWidth };
  const frequencies = pairs.map((pair) => all[pair]!);
  return {
    ...{ headWidth, turnedChannels, initialDeviation: config.initialDeviation },
    begin([rows, tokens], { prefix, dropout, context }) {
      const pass = passBeside(sites, prefix, context, dropout);
      const view = { config: narrow, frequencies, param: (name: string) => context.params[name]! };
      const rotation = { positions: ascending(rows, tokens), table: rotaryTable(tokens, frequencies) };
      return (site, input) => {
        if (site === closingNorm) return rmsNormSite(view, prefix + site, input, pass);
        return decoderLayer(view, prefix + site, input, { rotation, earlier: null, cache: null }, pass);
      };
    },
  };
}
