import { fileURLToPath } from "node:url";
import type { BackbonePackage } from "@petl/backbone";

/** A T5 v1.1 of 3.5 million parameters, pre-trained by this project; the package's README is its model card. */
export default {
  name: "mini",
  description: "3.5 M parameters, pre-trained by this project and carried in its package",
  directory: fileURLToPath(new URL("../checkpoint/", import.meta.url)),
  sha256: "2bddb2120da8df66768a370554b742ba5049759c00e340c95c4cb205b6997374",
} satisfies BackbonePackage;
