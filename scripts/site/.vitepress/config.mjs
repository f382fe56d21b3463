import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { anchorOf } from "../../check-links.mjs";
import { projectUrl } from "../../workspace.mjs";
import { homeOf, withoutHeadline } from "../home.mjs";
import { siteLinks } from "../links.mjs";
import { notPages, placeOf } from "../pages.mjs";
import { sidebarOf } from "../sidebar.mjs";
import { sitePlugin } from "../vite-plugin.mjs";

const root = process.env.SITE_SOURCES; // ../site.mjs sets it
const textOf = (path) => readFileSync(join(root, path), "utf8");
const linkedFiles = new Set();
const plugin = sitePlugin(root);

export default defineConfig({
  title: "petl-bench",
  description: JSON.parse(textOf("package.json")).description,
  head: [["link", { rel: "icon", href: "data:," }]], // none, so that a browser asks for none
  base: "./", // the output works below any address
  srcDir: root,
  srcExclude: notPages,
  additionalConfig: {}, // a package's config.ts is not VitePress's
  rewrites: (path) => placeOf(root, path),
  outDir: "dist",
  cacheDir: ".cache",
  markdown: {
    // what a git host does not do with these files, the site does not do either
    attrs: false,
    container: false,
    emoji: false,
    footnote: false,
    include: false,
    snippet: false,
    toc: false,
    anchor: { slugify: anchorOf },
    config: (md) => md.use(siteLinks(root, { isPage: plugin.isPage, files: linkedFiles })).use(withoutHeadline),
  },
  transformPageData: ({ relativePath }) =>
    relativePath === "index.md"
      ? { title: "petl-bench", titleTemplate: false, frontmatter: homeOf(root, textOf("README.md")) }
      : {},
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Documentation", link: "/docs/" },
      { text: "Results", link: "/docs/results/glue-minilm" },
      { text: "API", link: "/docs/api/" },
      { text: "Source", link: projectUrl },
    ],
    sidebar: sidebarOf(root),
  },
  vite: {
    publicDir: false,
    build: { chunkSizeWarningLimit: 2000 }, // the search index, which is fetched when a reader searches
    plugins: [plugin],
  },
  buildEnd({ outDir }) {
    for (const file of linkedFiles) cpSync(join(root, file), join(outDir, file));
  },
});
