import { readdirSync, readFileSync } from "node:fs";
import Handlebars from "handlebars";

/** The templates lie beside `src` and `dist`, so this address is right from both. */
const folder = new URL("../../templates/", import.meta.url);
const compiled = new Map<string, Handlebars.TemplateDelegate>();

/**
 * Renders `templates/<format>/page.hbs`, whose neighbours are its partials. HTML is escaped by the template engine;
 * Markdown is not, so its view must be escaped before.
 */
export function renderTemplate(format: "html" | "markdown", view: object): string {
  let template = compiled.get(format);
  if (!template) {
    const engine = Handlebars.create();
    const files = readdirSync(new URL(`${format}/`, folder)).filter((name) => name.endsWith(".hbs"));
    for (const name of files) {
      engine.registerPartial(name.replace(/\.hbs$/, ""), readFileSync(new URL(`${format}/${name}`, folder), "utf8"));
    }
    const page = readFileSync(new URL(`${format}/page.hbs`, folder), "utf8");
    template = engine.compile(page, { noEscape: format === "markdown", preventIndent: true });
    compiled.set(format, template);
  }
  return template(view);
}
