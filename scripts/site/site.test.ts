import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../packages/harness/report/test/chromium.js";
import { repositoryRoot } from "../workspace.mjs";
import { attributes, type BuiltSite, buildSite, deadLinks } from "./built-site.js";

const home = "index.html";
const guide = "docs/tasks.html";
const method = "packages/methods/read/index.html";
const results = "docs/results/glue-minilm.html";
const api = "docs/api/@petl/spec/functions/gradientStart.html";
const report = "docs/example-report/report.html";

let site: BuiltSite;
beforeAll(() => {
  site = buildSite();
});
afterAll(() => site?.remove());

const source = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");

describe("the site", () => {
  test("has a home page with the README's question, and its figures once", () => {
    const [, question] = /\*\*([^*]+\?)\*\*/.exec(source("README.md")) ?? [];
    const text = site.text(home);
    expect(text.split(question!)).toHaveLength(2);
    expect(attributes(text, "img", "src")).toContainEqual(expect.stringContaining("example-costs"));
  });

  test.each([
    [guide, "docs/tasks.md"],
    [method, "packages/methods/read/README.md"],
    [results, "docs/results/glue-minilm.md"],
    ["docs/example-report/index.html", "docs/example-report/report.md"],
    ["docs/decisions/index.html", "docs/decisions/README.md"],
  ])("%s has the title of %s", (page, path) => {
    const [, title] = /^# (.+)$/m.exec(source(path))!;
    expect(/<h1[^>]*>([^<]*)/.exec(site.text(page))![1]!.trim()).toBe(title);
  });

  test("has every package's README, the API of each documented package, and the pictures of results", () => {
    expect(site.pages).toEqual(expect.arrayContaining([api, "docs/api/@petl/tensor/index.html"]));
    const packages = readdirSync(join(repositoryRoot, "packages/methods")).map((name) => `packages/methods/${name}/`);
    for (const folder of packages) expect(site.pages).toContain(`${folder}index.html`);
    for (const src of attributes(site.text(results), "img", "src"))
      expect(existsSync(join(site.folder, "docs/results", src)), src).toBe(true);
    expect(attributes(site.text(results), "img", "src").length).toBeGreaterThan(4);
  });

  test("has the example report as it is in the repository, which its page links to", () => {
    expect(site.text(report)).toBe(source(report));
    expect(attributes(site.text(home), "a", "href")).toContain(`./${report}`);
  });

  test("has no link of its own that leads nowhere, and no anchor", () => {
    const ids = new Map<string, ReadonlySet<string>>();
    const idsOf = (page: string) => {
      if (!ids.has(page)) ids.set(page, new Set(attributes(site.text(page), "[a-z][a-z0-9]*", "id")));
      return ids.get(page)!;
    };
    const dead = site.pages.flatMap((page) => deadLinks(site, page, idsOf).map((link) => `${page}: ${link}`));
    expect(dead).toEqual([]);
  });

  test("loads nothing from elsewhere", () => {
    const loaded = site.pages.flatMap((page) => {
      const text = site.text(page);
      return [
        ...attributes(text, "link", "href"),
        ...["script", "img", "source", "iframe"].flatMap((tag) => attributes(text, tag, "src")),
      ];
    });
    expect(loaded.length).toBeGreaterThan(site.pages.length);
    expect(loaded.filter((address) => /^([a-z]+:)?\/\//i.test(address))).toEqual([]);
  });

  test("has a search index that knows the pages", () => {
    const chunks = join(site.folder, "assets", "chunks");
    const index = readdirSync(chunks).find((name) => name.startsWith("@localSearchIndex"))!;
    const text = readFileSync(join(chunks, index), "utf8");
    for (const page of ["/docs/tasks.html", "/packages/methods/read/", `/${api}`]) expect(text).toContain(page);
  });
});

/** Below a path, as a git host publishes it; the browser's requests are answered from the folder, and no other is. */
const origin = "http://site.invalid/below/a/path/";

describe.skipIf(!hasChromium)("the site in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** A page of the site, and what it complained of or asked of others. */
  async function open(path: string, options: Parameters<Browser["newPage"]>[0] = {}) {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.route("**/*", async (route) => {
      const { href, pathname } = new URL(route.request().url());
      const file = join(site.folder, decodeURIComponent(pathname).slice(new URL(origin).pathname.length));
      if (href.startsWith(origin) && existsSync(file)) return route.fulfill({ path: file });
      complaints.push(`asked for ${href}`);
      return route.abort();
    });
    await page.goto(origin + path);
    return { page, complaints };
  }

  test.each([method, api, report])("%s opens without a complaint or a foreign request", async (path) => {
    const { page, complaints } = await open(path);
    await page.waitForLoadState("networkidle");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("search finds a method, and leads to its page", async () => {
    const { page, complaints } = await open(home);
    await page.getByRole("button", { name: "Search" }).click();
    await page.locator("#localsearch-input").fill("READ recurrent network layers");
    await page.locator(".VPLocalSearchBox .result[href*='packages/methods/read/']").first().click();
    await page.getByRole("heading", { level: 1, name: "@petl/method-read" }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  const views = [
    ["light", 390],
    ["dark", 1280],
  ] as const;
  const cases = [home, guide, results].flatMap((path) => views.map((view) => [path, ...view] as const));
  test.each(cases)(
    "axe finds nothing serious in %s, %s at %i pixels, and the page does not scroll sideways",
    async (path, scheme, width) => {
      const { page, complaints } = await open(path, { colorScheme: scheme, viewport: { width, height: 900 } });
      await page.waitForLoadState("networkidle");
      if (process.env.SCREENSHOTS) {
        mkdirSync(process.env.SCREENSHOTS, { recursive: true });
        const name = `site-${path.replaceAll("/", "-")}-${scheme}-${width}.png`;
        await page.screenshot({ path: join(process.env.SCREENSHOTS, name) });
      }
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      const { violations } = (await page.evaluate("axe.run()")) as AxeResult;
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
