import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlannedRun } from "@petl/bench";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../report/test/chromium.js";
import { syntheticRecord } from "../../results/test/record-factory.js";
import { Journal } from "../src/journal.js";
import { serveSuite } from "../src/serve.js";

const hostile = `<img src=x onerror="window.attacked=1"> on ${"x".repeat(120)}, seed 0`;
const slots = ["alpha on sst2, seed 0", hostile, "beta on sst2, seed 0"];
const planned = (slot: string) => ({ slot, id: slot }) as PlannedRun;

describe.skipIf(!hasChromium)("the page in Chromium", () => {
  let browser: Browser;
  const out = mkdtempSync(join(tmpdir(), "petl-watch-"));
  let clockS = 1000;
  const journal = new Journal({
    ...{ out, suite: "ranks", done: new Map(), leftS: () => 3700, warn: () => {}, nowS: () => clockS },
    runs: slots.map((slot) => ({ slot, method: "alpha", task: "sst2" })),
  });
  let url = "";
  let served: Promise<unknown>;

  beforeAll(async () => {
    browser = await launchChromium();
    clockS = Date.now() / 1000;
    journal.on({ type: "suite", total: 3, done: 0, workers: 2, out });
    journal.on({ type: "run-begin", run: planned(slots[0]!), index: 1, total: 3 });
    journal.on({ type: "run-end", run: planned(slots[0]!), record: syntheticRecord() });
    for (const slot of slots.slice(1)) {
      journal.on({ type: "run-begin", run: planned(slot), index: 2, total: 3 });
      for (const [step, loss] of [2.5, 2, 1.75].entries()) {
        clockS += 2;
        const event = { type: "step", step: step + 1, loss, learningRate: 0.1 } as never;
        journal.on({ type: "run-event", run: planned(slot), event });
      }
    }
    const error = { name: "Error", code: null, message: "out of memory", stack: null, exitCode: null, signal: null };
    const record = syntheticRecord({ status: "failed", scores: null, error });
    journal.on({ type: "run-end", run: planned(slots[2]!), record });
    await new Promise<void>((resolve) => {
      const { signal } = new AbortController();
      served = serveSuite({
        ...{ out, port: 0, signal, periodMs: 50, afterMs: 2500 },
        onListening: (address) => {
          url = address;
          resolve();
        },
      });
    });
  });
  afterAll(async () => {
    journal.close();
    await served;
    await browser?.close();
    rmSync(out, { recursive: true, force: true });
  });

  test.each(["light", "dark"] as const)(
    "shows what runs on a narrow %s screen, and axe finds no fault",
    async (colorScheme) => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 800 } });
      const complaints: string[] = [];
      const elsewhere: string[] = [];
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => {
        if (!request.url().startsWith(url) && request.url() !== "data:,") elsewhere.push(request.url());
      });
      await page.goto(url);
      await page.locator("figure svg").waitFor();
      expect(await page.locator("#summary").textContent()).toBe(
        "1 of 3 runs are done, 1 running, 1 failed, 0 waiting, about 1 h 1 min left",
      );
      expect(await page.locator("figcaption").allTextContents()).toEqual([expect.stringContaining("<img src=x")]);
      expect(await page.locator("figure svg").getAttribute("aria-label")).toContain("between 1.750 and 2.500");
      expect(await page.locator("#failed").textContent()).toContain("beta on sst2, seed 0: out of memory");
      expect(await page.locator("#done td").allTextContents()).toEqual(["alpha on sst2, seed 0", "61.5"]);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(background).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(22, 22, 22)");
      const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
      await page.evaluate(axe);
      const faults = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, help }) => id + ": " + help))',
      );
      expect(faults).toEqual([]);
      expect(await page.evaluate("window.attacked")).toBeUndefined();
      expect([complaints, elsewhere]).toEqual([[], []]);
      await page.close();
    },
  );

  test("says that the suite has ended, and stops asking", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("figure svg").waitFor();
    journal.close();
    await page.locator("#summary", { hasText: "The suite has ended." }).waitFor({ timeout: 5000 });
    let asked = 0;
    page.on("request", () => {
      asked++;
    });
    await page.waitForTimeout(1500);
    expect(asked).toBe(0);
    await page.close();
  });
});
