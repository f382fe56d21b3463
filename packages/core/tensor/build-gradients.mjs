// tfjs-core's gradient registrations exist only as extension-less ES modules that Node cannot import: bundle them once.
import { writeFile } from "node:fs/promises";
import { build } from "esbuild";

await build({
  entryPoints: ["@tensorflow/tfjs-core/dist/register_all_gradients.js"],
  bundle: true,
  ignoreAnnotations: true, // the package marks these imports as free of side effects, which they are not
  format: "esm",
  platform: "node",
  target: "node20",
  outfile: "dist/gradients.mjs",
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "error",
});
await writeFile("dist/gradients.d.mts", "export {};\n");
