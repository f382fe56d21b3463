import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { syntheticRecord } from "../../../results/test/record-factory.js";
import { MlflowTracker } from "../../src/mlflow/mlflow.js";
import { mlflowServer } from "../../src/mlflow/server.js";
import { events, run, suite } from "../events.js";

interface Call {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  readonly body: any;
  readonly authorization: string | undefined;
}

/** A server that answers as MLflow does; `answer` may say otherwise, null: nothing at all. */
async function startServer(
  answer: (path: string) => [number, object] | null | undefined = () => undefined,
  elsewhere = "",
) {
  const calls: Call[] = [];
  const server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      const path = request.url!.replace("/base/api/2.0/mlflow/", "");
      calls.push({ path, body: text === "" ? null : JSON.parse(text), authorization: request.headers.authorization });
      const said = answer(path);
      if (said === null) return;
      const [status, body] = said ?? usual(path);
      const headers = { "Content-Type": "application/json", ...(status === 302 && { Location: elsewhere }) };
      response.writeHead(status, headers).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/` };
}

function usual(path: string): [number, object] {
  if (path.startsWith("experiments/get-by-name")) return [404, { error_code: "RESOURCE_DOES_NOT_EXIST" }];
  if (path === "experiments/create") return [200, { experiment_id: "7" }];
  return [200, path === "runs/create" ? { run: { info: { run_id: "r1" } } } : {}];
}

function open(env: Record<string, string>) {
  const errors: string[] = [];
  const tracker = new MlflowTracker(suite, mlflowServer(env), (error) => errors.push((error as Error).message));
  return { tracker, errors };
}

test("a run is made in the suite's experiment, with parameters, metrics in batches and its ending", async () => {
  const { calls, url } = await startServer();
  const { tracker, errors } = open({ MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: "canary" });
  for (const event of events([...Array.from({ length: 700 }, (_, at) => 700 - at), Number.NaN])) tracker.on(event);
  await tracker.close();
  expect(errors).toEqual([]);
  const paths = calls.map(({ path }) => path.split("?")[0]);
  expect(paths).toEqual([
    ...["experiments/get-by-name", "experiments/create", "runs/create", "runs/log-batch", "runs/log-batch"],
    ...["runs/log-batch", "runs/update"],
  ]);
  expect(calls.every(({ authorization }) => authorization === "Bearer canary")).toBe(true);
  expect(calls[1]!.body).toEqual({ name: "ranks" });
  expect(calls[2]!.body).toMatchObject({ experiment_id: "7", run_name: run.id });
  expect(calls[3]!.body.params).toEqual(
    expect.arrayContaining([
      { key: "method", value: "alpha" },
      { key: "method.rank", value: "4" },
      { key: "learningRate", value: "0.001" },
      { key: "limit", value: "64" },
    ]),
  );
  const metrics = [...calls[4]!.body.metrics, ...calls[5]!.body.metrics];
  expect(calls[4]!.body.metrics).toHaveLength(1000);
  const losses = metrics.filter(({ key }) => key === "train/loss");
  expect(losses).toHaveLength(701);
  expect([losses[0].value, losses[699].value, losses[700].value, losses[700].step]).toEqual([700, 1, "NaN", 701]);
  expect(metrics).toContainEqual(expect.objectContaining({ key: "result/score", value: 61.5 }));
  expect(calls[6]!.body).toMatchObject({ run_id: "r1", status: "FINISHED" });
});

test("a run that failed says so, with its error", async () => {
  const { calls, url } = await startServer();
  const { tracker } = open({ MLFLOW_TRACKING_URI: url });
  const error = { name: "Error", code: null, message: "out of memory", stack: null, exitCode: null, signal: null };
  for (const event of events([1], syntheticRecord({ status: "failed", scores: null, error }))) tracker.on(event);
  await tracker.close();
  expect(calls.at(-2)!.body.tags).toEqual([{ key: "error", value: "out of memory" }]);
  expect(calls.at(-1)!.body.status).toBe("FAILED");
});

test("a server that refuses is told once, and asked no more", async () => {
  const { calls, url } = await startServer((path) =>
    path === "runs/create" ? [403, { error_code: "PERMISSION_DENIED" }] : undefined,
  );
  const { tracker, errors } = open({ MLFLOW_TRACKING_URI: url });
  for (const event of [...events([1]), ...events([2])]) tracker.on(event);
  await tracker.close();
  expect(errors[0]).toMatch(/^127\.0\.0\.1:\d+ refuses runs\/create: 403 PERMISSION_DENIED$/);
  expect(calls.filter(({ path }) => path === "runs/create")).toHaveLength(1);
});

test("a server that is gone or silent holds nobody up", { timeout: 30_000 }, async () => {
  const gone = open({ MLFLOW_TRACKING_URI: "http://127.0.0.1:9" });
  const silent = open({ MLFLOW_TRACKING_URI: (await startServer(() => null)).url });
  for (const { tracker } of [gone, silent]) {
    const beganMs = performance.now();
    for (const event of events([1, 2, 3])) tracker.on(event);
    expect(performance.now() - beganMs).toBeLessThan(500);
  }
  const beganMs = performance.now();
  await Promise.all([gone.tracker.close(), silent.tracker.close()]);
  expect(performance.now() - beganMs).toBeLessThan(9000);
  expect(gone.errors[0]).toMatch(/^127\.0\.0\.1:9 gives no answer to experiments\/get-by-name/);
  expect(silent.errors[0]).toMatch(/gives no answer .*none in 5 s/);
});

test("no redirect is followed with what is logged", async () => {
  const other = await startServer();
  const { url } = await startServer(() => [302, {}], other.url);
  const { tracker, errors } = open({ MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: "canary" });
  for (const event of events([1])) tracker.on(event);
  await tracker.close();
  expect([other.calls, errors.length > 0]).toEqual([[], true]);
});

test.each([
  ["no address", {}, "expected MLFLOW_TRACKING_URI"],
  ["a folder", { MLFLOW_TRACKING_URI: "./mlruns" }, "expected http or https"],
  [
    "a token over http",
    { MLFLOW_TRACKING_URI: "http://mlflow.example", MLFLOW_TRACKING_TOKEN: "canary" },
    "expected https",
  ],
  ["a password over http", { MLFLOW_TRACKING_URI: "http://me:canary@mlflow.example" }, "expected https"],
])("%s is refused before a run, and no secret is repeated", (_, env, message) => {
  const refused = expect.objectContaining({ code: "E_TRACKING", message: expect.stringContaining(message) });
  expect(() => mlflowServer(env)).toThrow(refused);
  expect(() => mlflowServer(env)).not.toThrow("canary");
});

test("name and password leave the address for the header", () => {
  expect(mlflowServer({ MLFLOW_TRACKING_URI: "https://me:p%40ss@mlflow.example/base/" })).toEqual({
    ...{ url: "https://mlflow.example/base", authorization: `Basic ${btoa("me:p@ss")}`, experiment: null },
  });
});
