import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";

/** A new folder that the end of the test removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "petl-cluster-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Puts commands of Slurm on PATH that behave as the given lines of shell, and nothing else of Slurm. What they were called with is
 * in `calls()`, a line each.
 */
export function standIns(commands: Readonly<Record<string, string>>): { calls(): string[] } {
  const folder = temporaryFolder();
  const log = join(folder, "calls");
  writeFileSync(log, "");
  for (const [name, body] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> '${log}'\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  vi.stubEnv("PATH", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { calls: () => readFileSync(log, "utf8").split("\n").filter(Boolean) };
}
