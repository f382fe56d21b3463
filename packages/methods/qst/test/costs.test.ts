import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import { testCosts } from "@petl/method-testkit";
import qst from "../src/index.js";

/**
 * With d channels and w = d / 16, a block has its factors `16 d + 16 w`, a norm `2 w`, a gate `w` and its copy; after the last come its
 * closing norm `w`, if the backbone has one, `d w + d` upwards, and a gate `d`.
 */
testCosts(qst, {
  config: { reduction: 4 },
  kinds: ["encoder", "decoder"],
  published: [
    ["roberta-base", bert, 536_064, 0],
    ["minilm-l6", bert, 92_928, 0],
    ["smollm2-135m", llama, 735_804, 0],
    ["llama-2-7b", llama, 28_623_104, 0],
  ],
});
