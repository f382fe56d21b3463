import type { SideNetwork } from "@petl/spec";
import { tidy } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import { Ladder, prefix } from "../ladder.js";
import type { Geometry } from "./geometry.js";

/** The side network of an encoder or a decoder: the backbone's own blocks, narrower, over all tokens, then what is read out. */
export function sideNetwork({ rungs, narrow, closing, enters }: Geometry, config: LstConfig): SideNetwork {
  return {
    reads: [rungs.entry, ...rungs.blocks],
    enters,
    forward(recorded, context, readOut) {
      const ladder = new Ladder(recorded, context, config.temperature);
      let state = ladder.down(rungs.entry); // (batch, tokens, channels / reduction)
      const [batch, tokens] = state.hidden.shape as [number, number, number];
      const run = narrow.begin([batch, tokens], { prefix, context, dropout: config.dropout });
      for (const block of rungs.blocks) {
        const { hidden, mask } = state;
        state = tidy(() => run(block, { hidden: ladder.mix(block, hidden), mask }));
      }
      const read = closing.reduce((input, { name }) => run(name, input), readOut(state));
      return ladder.up(read.hidden); // (batch, positions, channels)
    },
  };
}
