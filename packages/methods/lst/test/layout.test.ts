import { fileURLToPath } from "node:url";
import { testLayout } from "@petl/method-testkit";
import lst from "../src/index.js";

/** scripts/fixtures/torch-read-back.py: the module beside the weights was put on models of transformers and answered. */
testLayout(lst, "torch", fileURLToPath(new URL("./fixtures/torch-read-back", import.meta.url)));
