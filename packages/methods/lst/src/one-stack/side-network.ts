import type { NarrowStack, SideNetwork } from "@petl/spec";
import { tidy } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import { Ladder, prefix } from "../ladder.js";

/** The side network of an encoder or a decoder: the backbone's own blocks, narrower, over all tokens, then what is read out. */
export function sideNetwork({ sites, narrow, closing, enters }: NarrowStack, config: LstConfig): SideNetwork {
  return {
    reads: [sites.entry, ...sites.blocks],
    enters,
    forward(recorded, context, readOut) {
      const ladder = new Ladder(recorded, context, config.temperature);
      let state = ladder.down(sites.entry); // (batch, tokens, channels / reduction)
      const [batch, tokens] = state.hidden.shape as [number, number, number];
      const run = narrow.begin([batch, tokens], { prefix, context, dropout: config.dropout });
      for (const block of sites.blocks) {
        const { hidden, mask } = state;
        state = tidy(() => run(block, { hidden: ladder.mix(block, hidden), mask }));
      }
      const read = closing.reduce((input, { name }) => run(name, input), readOut(state));
      return ladder.up(read.hidden); // (batch, positions, channels)
    },
  };
}
