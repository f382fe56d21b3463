import { fileURLToPath } from "node:url";
import { testReference } from "@petl/method-testkit";
import promptTuning from "../src/index.js";

testReference(promptTuning, {
  file: fileURLToPath(new URL("./fixtures/peft-prompt-tuning", import.meta.url)),
  by: "PEFT",
  config: ({ prompt }: { prompt: { num_virtual_tokens: number } }) => ({ tokens: prompt.num_virtual_tokens }),
  ours: (read) => ({ prompt: read("prompt_embeddings") }),
});
