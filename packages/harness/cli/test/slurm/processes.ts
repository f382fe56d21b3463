import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Kills every process whose environment has `mark`, such as "NAME=value"; returns how many there were. Linux only. */
export function killMarked(mark: string): number {
  const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(mark));
  for (const id of found) {
    try {
      process.kill(Number(id), "SIGKILL");
    } catch {} // it ended meanwhile
  }
  return found.length;
}

function environmentOf(id: string): string[] {
  try {
    return readFileSync(`/proc/${id}/environ`, "utf8").split("\0");
  } catch {
    return []; // it ended meanwhile
  }
}

/** A port of loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve((address as { port: number }).port));
    });
  });
}
