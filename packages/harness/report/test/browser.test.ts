import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildReport, renderHtml } from "@petl/report";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "./chromium.js";
import { syntheticGrid } from "./record-factory.js";

const folder = mkdtempSync(join(tmpdir(), "petl-report-"));
const file = join(folder, "report.html");
const address = pathToFileURL(file).href;
const hostile = "</script><script>window.attacked=1</script>\u05e9|%_\u{1f9ea}";

/** A page with the report open, and what it complained of or asked the network for. */
async function open(browser: Browser, options: Parameters<Browser["newPage"]>[0] = {}) {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => request.url().startsWith("data:") || requests.push(request.url()));
  await page.goto(address);
  return { page, complaints, requests };
}

const firstColumn = (page: Page) => page.locator("#group-1-summary-table tbody th").allTextContents();
const background = (page: Page) => page.evaluate("getComputedStyle(document.body).backgroundColor");

describe.skipIf(!hasChromium)("the HTML report in Chromium", () => {
  let browser: Browser;

  beforeAll(async () => {
    const records = syntheticGrid(["cola", "sst2", "rte"], [0, 1, 2], { energy: true });
    const named = records.map((record) =>
      record.run.method === "off-path" ? { ...record, run: { ...record.run, method: hostile } } : record,
    );
    writeFileSync(file, renderHtml(buildReport(named, { reference: "all-weights", published: [published] })));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("opens from disk without a complaint, without a request, and runs no text of a record", async () => {
    const { page, complaints, requests } = await open(browser);
    expect(await page.locator("#group-1-scatter svg").count()).toBe(1);
    expect(await page.evaluate("window.attacked")).toBeUndefined();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([address]);
    await page.close();
  });

  test("a column header sorts its rows both ways, by mouse and by keyboard", async () => {
    const { page } = await open(browser);
    const header = page.locator("#group-1-summary-table thead th").nth(2); // trainable parameters
    await header.getByRole("button").click();
    expect(await firstColumn(page)).toEqual(["small-update", expect.stringContaining("script"), "all-weights"]);
    expect(await header.getAttribute("aria-sort")).toBe("ascending");
    await page.keyboard.press("Enter");
    expect(await header.getAttribute("aria-sort")).toBe("descending");
    expect((await firstColumn(page))[0]).toBe("all-weights");
    await page.close();
  });

  test("the axes of the scatter can be chosen, and the front is said in words", async () => {
    const { page, complaints } = await open(browser);
    const front = page.locator("#group-1-scatter-front");
    expect(await front.textContent()).toContain("against Energy");
    await page.selectOption("#group-1-scatter-x", "trainableParams");
    expect(await front.textContent()).toMatch(/against Trainable parameters.*front: small-update .*all-weights/);
    expect(await front.textContent()).not.toContain("attacked");
    expect(await page.locator("#group-1-scatter svg").textContent()).toContain("Trainable parameters");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("the theme follows the system until it is chosen, and the scatter with it", async () => {
    const { page } = await open(browser, { colorScheme: "dark" });
    expect(await background(page)).toBe("rgb(22, 25, 29)");
    const still = await page.locator("#group-1-scatter").innerHTML();
    await page.selectOption("#theme", "light");
    expect(await background(page)).toBe("rgb(255, 255, 255)");
    expect(await page.locator("#group-1-scatter").innerHTML()).not.toBe(still);
    await page.close();
  });

  test("figures are shown both, absolute or relative alone", async () => {
    const { page } = await open(browser);
    const cell = page.locator("#group-1-summary-table tbody td.has-relative").last();
    await page.getByLabel("absolute").check();
    expect(await cell.locator("small").isVisible()).toBe(false);
    await page.getByLabel("relative to").check();
    expect(await cell.locator("small").isVisible()).toBe(true);
    expect(await cell.locator(":scope > bdi").isVisible()).toBe(false);
    await page.close();
  });

  test("the whole page is reached by the tab key, and a table is copied", async () => {
    const { page } = await open(browser);
    const seen = new Set<string>();
    for (let press = 0; press < 40; press++) {
      await page.keyboard.press("Tab");
      seen.add(
        await page.evaluate(
          "document.activeElement.id || document.activeElement.className || document.activeElement.name || document.activeElement.textContent",
        ),
      );
    }
    for (const stop of ["figures", "theme", "sort", "LaTeX", "group-1-scatter-x"]) expect([...seen]).toContain(stop);
    await page.getByRole("button", { name: "Copy as CSV: Summary" }).click();
    await page.getByText("Copied as CSV.").waitFor({ state: "attached" });
    await page.close();
  });

  test("a narrow screen is told which tables and pictures scroll sideways, a wide one is not", async () => {
    const { page } = await open(browser, { viewport: { width: 390, height: 900 } });
    const hint = (selector: string) => page.locator(`.scroll-hint:has(+ ${selector})`).first();
    for (const region of ["#group-1-summary-table", ".wide:has(.scatter)", ".wide:not(:has(.scatter))"])
      expect(await hint(region).isVisible(), region).toBe(true);
    await page.setViewportSize({ width: 1280, height: 900 });
    await hint(".wide:has(.scatter)").waitFor({ state: "hidden" });
    await page.close();
  });

  test("without script the tables and pictures stand, and no control that would do nothing", async () => {
    const { page } = await open(browser, { javaScriptEnabled: false });
    expect(await page.locator("#group-1-scatter svg").count()).toBe(1);
    expect(await page.locator("#theme").isVisible()).toBe(false);
    await page.close();
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
  ] as const)(
    "axe finds nothing serious in %s at %i pixels, and the page does not scroll sideways",
    async (scheme, width) => {
      const { page } = await open(browser, { colorScheme: scheme, viewport: { width, height: 900 } });
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      const { violations } = (await page.evaluate("axe.run()")) as AxeResult;
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      if (process.env.SCREENSHOTS) {
        mkdirSync(process.env.SCREENSHOTS, { recursive: true });
        await page.screenshot({ path: join(process.env.SCREENSHOTS, `${scheme}-${width}.png`), fullPage: true });
      }
      await page.close();
    },
  );
});

const published = {
  title: "A claim",
  source: { text: "A paper", url: "https://example.org/paper" },
  conditions: "On another machine.",
  headers: ["Method", "Memory"],
  rows: [["theirs", "−1 %"]],
};

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
