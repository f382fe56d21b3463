import { fileURLToPath } from "node:url";
import t5 from "@petl/family-t5";
import { testLayout, testReference } from "@petl/method-testkit";
import promptTuning from "../src/index.js";

testReference(promptTuning, {
  family: t5,
  file: fileURLToPath(new URL("./fixtures/peft-prompt-tuning", import.meta.url)),
  by: "PEFT",
  config: ({ prompt }: { prompt: { num_virtual_tokens: number } }) => ({ tokens: prompt.num_virtual_tokens }),
  ours: (read) => ({ prompt: read("prompt_embeddings") }),
});

/** scripts/fixtures/peft-read-back.py: PEFT has read these files. */
testLayout(promptTuning, "peft", fileURLToPath(new URL("./fixtures/peft-read-back", import.meta.url)));
