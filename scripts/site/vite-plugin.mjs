import { createReadStream, existsSync } from "node:fs";
import { join, normalize } from "node:path";

/**
 * What VitePress tells only a plugin, and what it would not serve.
 *
 * @param {string} root of the repository
 */
export function sitePlugin(root) {
  let pages = [];
  return {
    name: "petl-site",

    /** Whether the Markdown file at this path, relative to `root`, is a page; known once Vite has its configuration. */
    isPage: (path) => pages.includes(path),
    configResolved({ vitepress }) {
      pages = vitepress.pages;
    },

    // An HTML file of docs/, such as the example report, is shown as it is; to VitePress every such address is a page.
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const path = normalize(decodeURIComponent(request.url.replace(/[?#].*$/, "")));
        const file = join(root, path);
        if (!/^[\\/]docs[\\/].*\.html$/.test(path) || !existsSync(file)) return next();
        response.setHeader("content-type", "text/html; charset=utf-8");
        createReadStream(file).pipe(response);
      });
    },
  };
}
