import { fileURLToPath } from "node:url";
import type { BackbonePackage } from "@petl/backbone";

/** A T5 v1.1 of 3.5 million parameters, pre-trained by this project; the package's README is its model card. */
export default {
  name: "mini",
  description: "3.5 M parameters, pre-trained by this project and carried in its package",
  directory: fileURLToPath(new URL("../checkpoint/", import.meta.url)),
  sha256: "bb19ddf1386e509160bd05b3b041dce928b339d21362f46be240994ce31c4f79",
} satisfies BackbonePackage;
