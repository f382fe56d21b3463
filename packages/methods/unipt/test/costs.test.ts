import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { testCosts } from "@petl/method-testkit";
import unipt from "../src/index.js";

/**
 * With d channels, w = d / 2 and n blocks a stack has n + 1 maps `w d + 3 w`, a gate `w` and a merge `w w + 3 w`; an encoder-decoder's
 * joiner has `w w + 3 w` for each state of the decoder but the last; scaling up is `d w + d`.
 */
testCosts(unipt, {
  config: { reduction: 4, zeroInit: false },
  published: [
    ["t5-base", t5, 10_074_624, 0],
    ["roberta-base", bert, 4_293_504, 0],
    ["minilm-l6", bert, 631_872, 0],
    ["llama-2-7b", llama, 289_622_016, 0],
  ],
});
