import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { testCosts } from "@petl/method-testkit";
import sherl from "../src/index.js";

/**
 * With d channels, w = d / 4 and n blocks, n states have `w d + w + 2 (w w + w)`, the guide `w + 1`, the way up `d w + d`, and the residual's
 * gate 1. A step goes back through the last block alone.
 */
testCosts(sherl, {
  published: [
    ["t5-base", t5, 2_809_538, 1],
    ["roberta-base", bert, 2_809_538, 1],
    ["minilm-l6", bert, 370_850, 1],
    ["llama-2-7b", llama, 205_624_322, 1],
  ],
});
