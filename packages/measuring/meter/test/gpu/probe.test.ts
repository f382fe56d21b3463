import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PROBE_FIELDS } from "../../src/gpu/fields.js";
import { probe } from "../../src/gpu/probe.js";

/** The answer to a stand-in for nvidia-smi that prints a text and exits with a code. */
async function probed(text: string, exitCode: number) {
  const folder = mkdtempSync(join(tmpdir(), "petl-probe-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "nvidia-smi");
  writeFileSync(join(folder, "text"), text);
  writeFileSync(path, `#!/bin/sh\ncat '${folder}/text'\nexit ${exitCode}\n`, { mode: 0o755 });
  return probe({ path, env: process.env, timeoutMs: 5000 });
}

test.skipIf(process.platform === "win32")("S5: escape sequences of nvidia-smi become visible", async () => {
  const values: Record<string, string> = { index: "0", name: "H200\u001b]0;owned\u0007\u001b[2J" };
  const cells = PROBE_FIELDS.map((field) => values[field] ?? "[N/A]");
  const found = await probed(`${cells.join(", ")}\n`, 0);
  expect(found.value?.gpus[0]?.name).toBe("H200\\u001b]0;owned\\u0007\\u001b[2J");
  const refused = await probed(`\u001b[31mbroken\u009b2J ${"x".repeat(1000)}`, 3);
  expect(refused.reason).toMatch(/exited with code 3: \\u001b\[31mbroken\\u009b2J x{100,180}…$/);
});
