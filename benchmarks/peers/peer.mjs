// What the programs here share: a child that answers a line with a line.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Starts a peer with a request; its first line says its versions. `ask` rejects once it has ended. */
export async function startPeer(command, file, request, env = {}) {
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
    child.on("error", reject);
    child.on("exit", (code) =>
      reject(new Error(`${file}: expected answers, but it ended with ${code}\n${complaints}`)),
    );
  });
  failed.catch(() => {}); // an end after the last answer is no failure
  child.stdin.on("error", () => {}); // the exit says why
  const next = async () => JSON.parse((await Promise.race([lines.next(), failed])).value ?? "null") ?? failed;
  const { versions } = await next();
  const ask = (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return next();
  };
  return { versions, ask, end: () => child.stdin.end() };
}
