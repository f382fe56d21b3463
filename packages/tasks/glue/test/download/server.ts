import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { zipSync } from "fflate";
import { onTestFinished } from "vitest";

/** A loopback server that stands in for the official host. */
export interface Server {
  readonly baseUrl: string;
  /** `METHOD path range` of each request. */
  readonly requests: string[];
}

/** What the server does with a request for a file it has; the default sends it, or the range that was asked for. */
export type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Uint8Array) => void;

const etag = '"v1"';

/** Sends the file, or the rest of it to a request with a range that knows the version. */
const send: Answer = (request, response, bytes) => {
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
  const resumes = start !== undefined && request.headers["if-range"] === etag;
  const from = resumes ? Number(start) : 0;
  response.writeHead(resumes ? 206 : 200, { etag, "content-length": bytes.length - from }).end(bytes.subarray(from));
};

/** Announces the whole file and sends half of it; `breakOff` breaks the connection, once the client has what was sent. */
export function halfAnswer(): { answer: Answer; breakOff: () => void } {
  let breakOff = (): void => {};
  const answer: Answer = (_request, response, bytes) => {
    breakOff = () => response.destroy();
    response.writeHead(200, { etag, "content-length": bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2));
  };
  return { answer, breakOff: () => breakOff() };
}

/** Serves files by path until the test ends. `answers` are used up one a request, then `send` follows. */
export async function serve(files: Record<string, Uint8Array>, answers: Answer[] = []): Promise<Server> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push([request.method, request.url, request.headers.range].filter(Boolean).join(" "));
    const bytes = files[request.url?.slice(1) ?? ""];
    if (bytes === undefined) response.writeHead(404).end();
    else (answers.shift() ?? send)(request, response, bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

/** A zip of text files. */
export function zipOf(files: Record<string, string>): Uint8Array {
  const bytes = Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
  return zipSync(Object.fromEntries(bytes));
}
