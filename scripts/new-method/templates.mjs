import { jsonText } from "../../packages/harness/starter/dist/index.js";
import { addressFields } from "../workspace.mjs";

const exported = { ".": { source: "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } };

/** A package of this repository. */
export function inRepository(name) {
  const manifest = {
    name: `@petl/method-${name}`,
    version: "0.1.0",
    description: `One sentence on ${name}`,
    license: "Apache-2.0",
    ...addressFields(`packages/methods/${name}`),
    type: "module",
    engines: { node: ">=20.19" },
    exports: exported,
    files: ["dist"],
    petl: { level: 2 },
    scripts: { build: "tsc" },
    dependencies: { "@petl/spec": "workspace:*", "@petl/tensor": "workspace:*" },
    devDependencies: { "@petl/method-testkit": "workspace:*" },
  };
  return {
    "package.json": jsonText(manifest),
    "tsconfig.json": jsonText({ extends: "../../../tsconfig.base.json", include: ["src"] }),
  };
}
