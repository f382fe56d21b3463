import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = [
  ...["--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];

/** Whether tests can open a browser here; where not, that is said. */
export const hasChromium = existsSync(executablePath);
if (!hasChromium) console.warn(`browser tests skipped: no ${executablePath}; set CHROMIUM to a Chromium executable`);

/** A browser that asks the network for nothing of its own. */
export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath, args });
