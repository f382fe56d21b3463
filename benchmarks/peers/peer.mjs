// What the programs here share: a child that answers a line with a line.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * Starts a peer with a request; its first line says its versions. `ask` rejects once it has ended, or where an answer takes longer than
 * `limitS`, after which the peer is killed. `file` is relative to this folder, or a URL.
 */
export async function startPeer(command, file, request, env = {}, limitS = null) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(command, [path, JSON.stringify(request)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let complaints = "";
  child.stderr.on("data", (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((_, reject) => {
    child.on("error", (error) => reject(error.code === "ENOENT" ? new Error(`${command} is not on PATH`) : error));
    child.on("exit", (code, signal) =>
      reject(new Error(`${file}: expected answers, but it ended with ${signal ?? code}\n${complaints}`)),
    );
  });
  failed.catch(() => {}); // an end after the last answer is no failure
  child.stdin.on("error", () => {}); // the exit says why
  const next = async (limitS) => {
    const { value } = await within(limitS, Promise.race([lines.next(), failed]), child);
    return value === undefined ? failed : parsed(value, file);
  };
  const { versions } = await next(limitS);
  const ask = (question, limitS = null) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return next(limitS);
  };
  return { versions, ask, pid: child.pid, end: () => child.stdin.end(), kill: () => child.kill("SIGKILL") };
}

function parsed(line, file) {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${file}: expected a line of JSON, got "${line.slice(0, 200)}"`);
  }
}

/** The line of what a process printed before it failed that says why: an error's, else the last. */
export function complaintOf(text) {
  const lines = text
    .trim()
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^Node\.js v/.test(line));
  return (lines.findLast((line) => /^(\w+\.)*\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? "").slice(0, 300);
}

/** Waits for an answer; a child that is late is killed. */
function within(limitS, answer, child) {
  if (limitS === null) return answer;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new LateError(`no answer within ${limitS.toFixed(0)} s; it was killed`));
    }, 1000 * limitS);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A peer did not answer in time. */
export class LateError extends Error {
  name = "LateError";
}
