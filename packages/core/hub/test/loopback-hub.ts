import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

type Files = Readonly<Record<string, Uint8Array>>;

/** A data set. */
export interface DatasetBehaviour {
  /** Default: org/rows. */
  readonly name?: string;
  /** The answer to the list of converted files; 404 without it. */
  readonly conversion?: unknown;
  /** Commit and files by revision. */
  readonly revisions: Readonly<Record<string, { readonly commit: string; readonly files: Files }>>;
}

export interface HubBehaviour {
  /** Files of the model org/tiny by path; those of .safetensors and .parquet are listed as LFS files. */
  readonly files?: Files;
  readonly dataset?: DatasetBehaviour;
  /** Sizes listed instead of the true ones. */
  readonly listedBytes?: Readonly<Record<string, number>>;
  /** Closes the connection after so many bytes of a file, as often as there are entries. */
  readonly breakAfterBytes?: Record<string, number[]>;
  /** Answers with this status to everything. */
  readonly status?: number;
  /** Sends whole files whatever range is asked for, once the first byte is known. */
  readonly ignoresRanges?: boolean;
  /** Flips a byte of this file. */
  readonly corrupts?: string;
  /** Answers in place of the hub where it returns true. */
  readonly intercepts?: (request: IncomingMessage, response: ServerResponse, path: string) => boolean;
}

/** A server that answers the calls made for one model, `org/tiny`, and one data set; closed when the test finishes. */
export async function loopbackHub(behaviour: HubBehaviour) {
  const requests: { path: string; range: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.split("?")[0]!);
    requests.push({ path, range: request.headers.range, authorization: request.headers.authorization });
    if (behaviour.intercepts?.(request, response, path)) return;
    if (behaviour.status !== undefined) return json(response, behaviour.status, { error: "refused" });
    const { files = {}, dataset } = behaviour;
    const { name: rows = "org/rows" } = dataset ?? {};
    const isRecursive = request.url!.includes("recursive=true");
    if (path === `/api/datasets/${rows}/parquet` && dataset?.conversion !== undefined)
      return json(response, 200, dataset.conversion);
    const repositories = [
      { api: "/api/models/org/tiny", page: "/org/tiny", revisions: { main: { commit: COMMIT, files } } },
      { api: `/api/datasets/${rows}`, page: `/datasets/${rows}`, revisions: dataset?.revisions ?? {} },
    ];
    for (const { api, page, revisions } of repositories) {
      for (const [revision, { commit, files }] of Object.entries(revisions)) {
        if (path === `${api}/revision/${revision}`) return json(response, 200, info(commit));
        if (path === `${api}/tree/${commit}`) return json(response, 200, listing(files, behaviour, isRecursive));
        const name = path.replace(`${page}/resolve/${commit}/`, "");
        const content = files[name];
        if (content !== undefined) return sendFile(behaviour, name, content, request, response);
      }
    }
    json(response, 404, { error: "not found" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { hubUrl: `http://127.0.0.1:${port}`, requests };
}

function sendFile(
  behaviour: HubBehaviour,
  name: string,
  content: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const probing = asked?.[1] === "0" && asked[2] === "0";
  const ranged = asked !== null && (probing || !behaviour.ignoresRanges);
  const [begin, end] = ranged ? [Number(asked[1]), Number(asked[2]) + 1] : [0, content.length];
  const body = Buffer.from(content.subarray(begin, end));
  if (behaviour.corrupts === name && body.length > 0) body[0]! ^= 1;
  const headers = { etag: `"${gitSha1(content)}"`, "content-length": body.length };
  const contentRange = `bytes ${begin}-${end - 1}/${content.length}`;
  response.writeHead(ranged ? 206 : 200, ranged ? { ...headers, "content-range": contentRange } : headers);
  const limit = probing ? undefined : behaviour.breakAfterBytes?.[name]?.shift();
  if (limit === undefined) response.end(body);
  else response.write(body.subarray(0, limit), () => setTimeout(() => response.destroy(), 20));
}

function info(sha: string): object {
  return {
    _id: "1",
    id: "org/tiny",
    sha,
    private: false,
    gated: false,
    downloads: 0,
    likes: 0,
    lastModified: 0,
  };
}

function listing(files: Files, { listedBytes = {} }: HubBehaviour, isRecursive: boolean): object[] {
  const directory = { type: "directory", path: "onnx", size: 0, oid: "0".repeat(40) };
  const shown = Object.entries(files).filter(([path]) => isRecursive || !path.includes("/"));
  const entries = shown.map(([path, content]) => {
    const size = listedBytes[path] ?? content.length;
    const entry = { type: "file", path, size, oid: gitSha1(content) };
    const oid = createHash("sha256").update(content).digest("hex");
    return /\.(safetensors|parquet)$/.test(path) ? { ...entry, lfs: { oid, size, pointerSize: 130 } } : entry;
  });
  return [directory, ...entries];
}

function gitSha1(content: Uint8Array): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
