import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test, vi } from "vitest";
import { terminalText } from "../../src/terminal/guard-console.js";
import { section } from "../../src/terminal/section.js";
import { bench, temporaryDirectory } from "../bench-command.js";

const acting = /[^\P{Cc}\n\t]|\p{Bidi_Control}/u;
const title = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e";

describe("S5: what reaches a terminal", () => {
  test("keeps this program's colours on a terminal only, and shows what else would act", () => {
    vi.stubEnv("NO_COLOR", undefined);
    const painted = `\u001b[31mfailed\u001b[39m ${title}`;
    expect(terminalText(painted, { isTTY: true })).toBe(
      "\u001b[31mfailed\u001b[39m \\u001b]0;owned\\u0007\\u001b[2J\\u009b31m\\u202e",
    );
    expect(terminalText(painted, {})).not.toMatch(acting);
    vi.unstubAllEnvs();
  });

  test("is printable in a table's cells, and its columns stay aligned", () => {
    const [, first, second] = section("Devices", [
      [`a${title}`, "x"],
      ["b", "x"],
    ]).split("\n");
    expect(first).not.toMatch(acting);
    expect(first?.indexOf("x", 5)).toBe(second?.lastIndexOf("x"));
  });

  test("is printable in an error about a file name or an argument", async () => {
    const directory = temporaryDirectory();
    const folder = join(directory, `runs${title}`);
    mkdirSync(folder);
    const calls = [
      ["report", folder],
      ["glue", `--${title}`],
    ];
    for (const args of calls) {
      const { all, exitCode } = await execa("node", [bench, ...args], { cwd: directory, all: true, reject: false });
      expect([args[0], exitCode]).toEqual([args[0], 2]);
      expect(all).toContain("\\u001b]0;owned");
      expect(all).not.toMatch(acting);
    }
  });

  test.skipIf(process.platform === "win32")("is printable where nvidia-smi prints it", async () => {
    const directory = temporaryDirectory();
    const NVIDIA_SMI = join(directory, "nvidia-smi");
    writeFileSync(NVIDIA_SMI, `#!/bin/sh\nprintf '\\033]0;owned\\007'\nexit 3\n`, { mode: 0o755 });
    const { all } = await execa("node", [bench, "doctor"], { env: { NVIDIA_SMI }, all: true, reject: false });
    expect(all).toContain("\\u001b]0;owned\\u0007");
    expect(all).not.toMatch(acting);
  });
});
