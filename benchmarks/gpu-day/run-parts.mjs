import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { machineFacts } from "@petl/bench";
import { writeWholeSync } from "@petl/files";

/** A part gets no less than this, or is not begun. */
const leastS = 3;
/** Between the request to end and the end by force. */
const graceS = 2;

/**
 * Runs parts one after another, each a process group that is ended at its limit with all its children, and writes `index.json` after
 * each. Time for the last part is set aside while the others run. SIGINT or SIGTERM ends the part in progress and begins no more.
 *
 * @param {readonly { name: string, program: string, limitS: number, what: string }[]} parts `program` is a path relative to this file
 * @param {{ out: string, budgetS: number, settings: object }} options
 */
export async function runParts(parts, { out, budgetS, settings }) {
  const beganAt = Date.now();
  const machine = await machineFacts(null);
  const spentS = () => (Date.now() - beganAt) / 1000;
  const ended = [];
  let wasStopped = false;
  let current = null;
  const stop = () => {
    wasStopped = true;
    if (current !== null) endGroup(current, "SIGKILL");
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stop);
  const save = () => writeIndex(out, { beganAt, budgetS, settings, machine, parts, ended });
  save();
  const reservedS = parts.length > 1 ? Math.min(parts.at(-1).limitS, Math.max(budgetS / 4, 2 * leastS)) : 0;
  for (const part of parts) {
    const isLast = part === parts.at(-1);
    const limitS = Math.min(part.limitS, budgetS - spentS() - (isLast ? 0 : reservedS));
    if (wasStopped || limitS < leastS) {
      const reason = wasStopped ? "the call was stopped before" : `${budgetS} s were spent before`;
      ended.push({ name: part.name, what: part.what, status: "not begun", reason });
      save();
      continue;
    }
    console.error(`gpu-day: ${part.name}: ${part.what}, at most ${Math.floor(limitS)} s`);
    const ending = await runPart(part, { ...settings, out, limitS }, (child) => {
      current = child;
    });
    current = null;
    const hasJson = existsSync(join(out, `${part.name}.json`));
    ended.push({ name: part.name, what: part.what, ...ending, limitS, hasJson, log: `logs/${part.name}.log` });
    console.error(
      `gpu-day: ${part.name}: ${ending.status} after ${ending.tookS.toFixed(1)} s${ending.reason ? `: ${ending.reason}` : ""}`,
    );
    save();
  }
  for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, stop);
  return { ended, wasStopped };
}

/** One part: its output goes to its log, whatever becomes of it. */
async function runPart({ name, program }, request, onStart) {
  const log = openSync(join(request.out, "logs", `${name}.log`), "w");
  const path = fileURLToPath(new URL(program, import.meta.url));
  const beganAt = Date.now();
  const child = spawn(process.execPath, [path, JSON.stringify(request)], {
    stdio: ["pipe", log, log],
    detached: true, // a group of its own, so that its children end with it
  });
  closeSync(log);
  onStart(child);
  let isLate = false;
  const timer = setTimeout(async () => {
    isLate = true;
    endGroup(child, "SIGTERM");
    await delay(1000 * graceS);
    endGroup(child, "SIGKILL");
  }, 1000 * request.limitS);
  const { code, signal, error } = await new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: null, signal: null, error }));
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  clearTimeout(timer);
  endGroup(child, "SIGKILL"); // what it left behind
  const took = { tookS: (Date.now() - beganAt) / 1000 };
  if (isLate) return { status: "late", reason: `ended at its limit of ${Math.round(request.limitS)} s`, ...took };
  if (error !== undefined) return { status: "failed", reason: error.message, ...took };
  if (code === 0) return { status: "completed", reason: null, ...took };
  return { status: "failed", reason: `ended with ${signal ?? code}; see its log`, ...took };
}

function endGroup({ pid }, signal) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // no process is left in the group
  }
}

function writeIndex(out, { beganAt, budgetS, settings, machine, parts, ended }) {
  const begun = new Set(ended.map(({ name }) => name));
  const left = parts
    .filter(({ name }) => !begun.has(name))
    .map(({ name, what }) => ({ name, what, status: "not begun" }));
  const index = {
    ...{ format: "petl-gpu-day 1", when: new Date(beganAt).toISOString(), budgetS, ...settings, machine },
    parts: [...ended, ...left],
  };
  writeWholeSync(join(out, "index.json"), `${JSON.stringify(index, null, 1)}\n`);
}
