import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { testCosts } from "@petl/method-testkit";
import lst from "../src/index.js";

testCosts(lst, {
  config: { dropout: 0.1 },
  published: [
    [t5, "t5-base", 3_878_706, 0],
    [bert, "minilm-l6", 224_308, 0],
    [llama, "smollm2-135m", 2_217_334, 0],
  ],
});
