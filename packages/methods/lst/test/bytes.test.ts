import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { testCosts } from "@petl/method-testkit";
import lst from "../src/index.js";

testCosts(lst, {
  config: { dropout: 0.1 },
  published: [
    ["t5-base", t5, 3_878_706, 0],
    ["minilm-l6", bert, 224_308, 0],
    ["smollm2-135m", llama, 2_217_334, 0],
  ],
});
