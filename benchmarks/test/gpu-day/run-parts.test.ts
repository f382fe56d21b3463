import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { runParts } from "../../gpu-day/run-parts.mjs";

/** A folder for a day, and parts made of the text of their programs. */
function day() {
  const out = mkdtempSync(join(tmpdir(), "petl-day-"));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  for (const folder of ["logs", "raw"]) mkdirSync(join(out, folder));
  const part = (name: string, text: string, limitS = 20) => {
    const program = join(out, `${name}.mjs`);
    writeFileSync(program, text);
    return { name, program: pathToFileURL(program).href, limitS, what: `part ${name}` };
  };
  const index = () => JSON.parse(readFileSync(join(out, "index.json"), "utf8"));
  return { out, part, index };
}

const writes = (name: string) => `import { writeFileSync } from "node:fs";
const { out, gpu } = JSON.parse(process.argv[2]);
writeFileSync(out + "/${name}.json", JSON.stringify({ gpu }));`;

/** Starts a child that ignores signals and writes its process id, then waits for ever. */
const hangs = `import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
const { out } = JSON.parse(process.argv[2]);
process.on("SIGTERM", () => {});
const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"]);
writeFileSync(out + "/pid", String(child.pid));
console.log("hanging");
setInterval(() => {}, 1000);`;

test("a part that hangs is ended at its limit with its children, one that fails is said, and the rest goes on", async () => {
  const { out, part, index } = day();
  const parts = [part("hangs", hangs, 3), part("fails", "throw new Error('no');"), part("last", writes("last"))];
  const { ended, wasStopped } = await runParts(parts, { out, budgetS: 60, settings: { gpu: 7 } });
  expect(wasStopped).toBe(false);
  expect(ended.map(({ status }) => status)).toEqual(["late", "failed", "completed"]);
  expect(ended[0]).toMatchObject({ reason: "ended at its limit of 3 s", hasJson: false });
  expect(readFileSync(join(out, "logs/hangs.log"), "utf8")).toBe("hanging\n");
  const child = Number(readFileSync(join(out, "pid"), "utf8"));
  await expect.poll(() => isAlive(child), { timeout: 10_000 }).toBe(false);
  expect(JSON.parse(readFileSync(join(out, "last.json"), "utf8"))).toEqual({ gpu: 7 });
  expect(index().parts).toMatchObject([
    { status: "late" },
    { status: "failed" },
    { status: "completed", hasJson: true },
  ]);
}, 60_000);

test("where the budget is spent, parts are not begun, and the last has its time", async () => {
  const { out, part, index } = day();
  const parts = [
    part("slow", "setInterval(() => {}, 1000);"),
    part("next", writes("next")),
    part("last", writes("last")),
  ];
  const { ended } = await runParts(parts, { out, budgetS: 12, settings: {} });
  expect(ended.map(({ status }) => status)).toEqual(["late", "not begun", "completed"]);
  expect(ended[1]!.reason).toBe("12 s were spent before");
  expect(existsSync(join(out, "next.json"))).toBe(false);
  expect(index().parts.map(({ name }: { name: string }) => name)).toEqual(["slow", "next", "last"]);
}, 60_000);

/** A process that has ended may stay in the table until it is waited for. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
