// Bundles the script of the HTML page (src/page) with the part of ECharts it uses into one file, dist/page.js.
import { build } from "esbuild";

await build({
  entryPoints: ["src/page/main.ts"],
  outfile: "dist/page.js",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  platform: "browser",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  logLevel: "warning",
});
