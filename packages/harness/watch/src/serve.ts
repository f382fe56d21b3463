import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Follower, WatchError } from "./follow.js";
import { type Snapshot, snapshot } from "./snapshot.js";

export interface WatchOptions {
  /** The output directory. */
  readonly out: string;
  /** 0: one that is free. */
  readonly port: number;
  readonly signal: AbortSignal;
  /** Called once the page can be opened. */
  readonly onListening: (url: string) => void;
  /** How often the journal is looked at, in milliseconds. */
  readonly periodMs?: number;
  /** How long the page is still served after the suite has ended, so that it shows how, in milliseconds. */
  readonly afterMs?: number;
}

const host = "127.0.0.1";

const pageFiles: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
};

/** Nothing from elsewhere, in no frame, kept nowhere. */
const headers = {
  "Content-Security-Policy":
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

/**
 * Serves a page that follows the suite of an output directory, to this machine only, until the suite has ended or the signal comes;
 * returns what it showed last.
 *
 * @throws WatchError where the folder has no suite that can be followed, or the port cannot be had
 */
export async function serveSuite(options: WatchOptions): Promise<Snapshot> {
  const { out, port, signal, onListening, periodMs = 500, afterMs = 3000 } = options;
  const follower = new Follower(out);
  let shown = snapshot(follower.read(), Date.now() / 1000);
  if (shown.ending !== null) return shown;
  const server = createServer((request, response) => answer(request, response, shown));
  server.listen(port, host);
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (error) =>
      reject(new WatchError(`--port ${port}: expected a free port, got ${error.message}`)),
    );
  });
  try {
    onListening(`http://${host}:${(server.address() as AddressInfo).port}/`);
    while (!signal.aborted && shown.ending === null) {
      await delay(periodMs, undefined, { signal }).catch(() => {});
      shown = snapshot(follower.read(), Date.now() / 1000);
    }
    await delay(afterMs, undefined, { signal }).catch(() => {});
    return shown;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Answers the page and its figures, under no name but this machine's: a page from elsewhere that points here gets nothing. */
function answer(request: IncomingMessage, response: ServerResponse, shown: Snapshot): void {
  const port = request.socket.localPort;
  const isOurs = [`${host}:${port}`, `localhost:${port}`].includes(request.headers.host ?? "");
  const path = request.url ?? "";
  const file = Object.hasOwn(pageFiles, path) ? pageFiles[path] : undefined;
  if (!isOurs || request.method !== "GET") response.writeHead(403, headers).end();
  else if (path === "/state.json")
    response.writeHead(200, { ...headers, "Content-Type": "application/json" }).end(JSON.stringify(shown));
  else if (file === undefined) response.writeHead(404, headers).end();
  else {
    const [name, type] = file;
    const text = readFileSync(new URL(`../page/${name}`, import.meta.url));
    response.writeHead(200, { ...headers, "Content-Type": type }).end(text);
  }
}
