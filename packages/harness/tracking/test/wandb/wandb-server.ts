import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** What W&B's program sends of one run. */
export interface SentRun {
  /** The variables of the call that makes the run. */
  readonly made: Readonly<Record<string, unknown>>;
  readonly history: readonly Readonly<Record<string, unknown>>[];
  readonly summary: Readonly<Record<string, unknown>>;
  readonly exitCode: number | undefined;
  /** Files that were put up, by name. */
  readonly files: ReadonlySet<string>;
}

/** A server on this machine that answers W&B's program as far as `wandb sync` needs, and keeps what it was sent. */
export async function startWandbServer() {
  const runs = new Map<string, { -readonly [Field in keyof SentRun]: SentRun[Field] } & { files: Set<string> }>();
  const graphql = ({ query, variables }: { query: string; variables: Record<string, unknown> }): object => {
    const run = String(variables.name ?? variables.run);
    if (query.includes("upsertBucket")) {
      if (!runs.has(run))
        runs.set(run, { made: variables, history: [], summary: {}, exitCode: undefined, files: new Set() });
      const project = { id: "p", name: variables.project, entity: { id: "e", name: "somebody" } };
      const bucket = { id: "b", name: run, displayName: run, historyLineCount: 0, config: "{}", project };
      return { upsertBucket: { bucket, inserted: true } };
    }
    if (!query.includes("createRunFiles")) return {};
    const files = (variables.files as string[]).map((name) => ({ name, uploadUrl: `${url}/put/${run}/${name}` }));
    return { createRunFiles: { runID: "b", uploadHeaders: [], files } };
  };
  const stream = (
    run: string,
    { files = {}, exitcode }: { files?: Record<string, Lines>; exitcode?: number },
  ): void => {
    const sent = runs.get(run)!;
    const { "wandb-history.jsonl": rows, "wandb-summary.json": summary } = files;
    sent.history = [...sent.history, ...(rows?.content ?? []).map((line) => JSON.parse(line))];
    if (summary !== undefined) sent.summary = JSON.parse(summary.content.at(-1)!);
    sent.exitCode ??= exitcode;
  };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const [, room, ...path] = decodeURIComponent(request.url!).split("/");
    let answer = {};
    if (room === "graphql") answer = { data: graphql(JSON.parse(body.toString())) };
    else if (room === "files") stream(path[2]!, JSON.parse(body.toString()));
    else if (room === "put") runs.get(path[0]!)!.files.add(path[1]!);
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, runs: runs as ReadonlyMap<string, SentRun> };
}

interface Lines {
  readonly offset: number;
  readonly content: readonly string[];
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}
