import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { plantedLibrary } from "../src/blas/planted-library.js";

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-blas-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test.runIf(process.platform === "linux")(
  "S5: an empty or relative entry of LD_LIBRARY_PATH that holds libraries is named, an absolute one or one without is not",
  () => {
    const [directory, before] = [temporaryDirectory(), process.cwd()];
    const planted = (path: string) => plantedLibrary({ LD_LIBRARY_PATH: path });
    try {
      process.chdir(directory);
      expect(["", ":", "lib", "/nowhere:"].map(planted)).toEqual([null, null, null, null]);
      mkdirSync("lib");
      writeFileSync("lib/libopenblas.so.0", "");
      expect(planted("lib")).toBe(join(process.cwd(), "lib"));
      expect(planted(`/usr/lib;./lib`)).toBe(join(process.cwd(), "lib"));
      expect(planted(join(process.cwd(), "lib"))).toBeNull();
      expect(planted(":")).toBeNull();
      mkdirSync("glibc-hwcaps");
      expect([":", "/usr/lib:", "/usr/lib::/lib"].map(planted)).toEqual(Array(3).fill(process.cwd()));
      expect(planted("/usr/lib")).toBeNull();
    } finally {
      process.chdir(before);
    }
  },
);

test.runIf(process.platform === "linux")("S5: no BLAS is loaded then, and the reason says what to do", () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "libopenblas.so.0"), "");
  const library = fileURLToPath(new URL("../dist/blas/library.js", import.meta.url));
  const program = `import(${JSON.stringify(library)}).then(({ findBlas }) => console.log(JSON.stringify(findBlas())))`;
  const { stdout } = spawnSync(process.execPath, ["--eval", program], {
    cwd: directory,
    env: { ...process.env, LD_LIBRARY_PATH: ":" },
    encoding: "utf8",
  });
  const found = JSON.parse(stdout) as { library: unknown; reason?: string };
  expect(found.library).toBeNull();
  expect(found.reason).toMatch(/the loader would search .*petl-blas-.*; remove that path from LD_LIBRARY_PATH/);
});
