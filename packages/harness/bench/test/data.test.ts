import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { findTask } from "@petl/glue";
import { loadTask, TaskError } from "@petl/task";
import { describe, expect, onTestFinished, test } from "vitest";
import { openData } from "../src/resolve/data.js";
import { directoryOf } from "./files.js";

const rte = findTask("rte");
const nobody = "http://127.0.0.1:2/"; // no service has this port: refused at once (fetch itself refuses 9)

const rows = "index\tsentence1\tsentence2\tlabel\n0\tit rains\tit is wet\tentailment\n";
const cached = { "cache/glue/RTE/train.tsv": rows, "cache/glue/RTE/dev.tsv": rows, "cache/glue/.keep": "" };

describe("data", () => {
  test("sample is the built-in sample, in the cache beside GLUE, and says so", async () => {
    const cacheDir = join(directoryOf({}), "glue");
    const { data, notices } = await openData("sample", [rte], { cacheDir, baseUrl: nobody });
    expect(data.directory.startsWith(join(dirname(cacheDir), "glue-sample"))).toBe(true);
    expect(notices).toEqual([expect.stringContaining("built-in sample, not GLUE")]);
    const loaded = await loadTask(await data.reader(rte));
    expect([loaded.source, loaded.notices]).toEqual(["sample", ["built-in sample, not GLUE"]]);
    expect(readdirSync(dirname(cacheDir))).toEqual(["glue-sample"]);
  });

  test("auto is GLUE where the cache holds it, without a connection and without a notice", async () => {
    const cacheDir = join(directoryOf(cached), "cache", "glue");
    const { data, notices } = await openData("auto", [rte], { cacheDir, baseUrl: nobody });
    expect([data.directory, notices]).toEqual([cacheDir, []]);
    expect((await loadTask(await data.reader(rte))).source).toBe("glue");
  });

  test("auto is the sample for every task where one of them is not to be had, and says which and why", async () => {
    const cacheDir = join(directoryOf(cached), "cache", "glue");
    const { data, notices } = await openData("auto", [rte, findTask("cola")], { cacheDir, baseUrl: nobody });
    expect(notices[0]).toMatch(/CoLA could not be downloaded from .*built-in sample, not GLUE/);
    expect((await loadTask(await data.reader(rte))).source).toBe("sample");
  });

  test("auto gives up a host that accepts and does not answer", async () => {
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close().closeAllConnections());
    await new Promise((resolve) => server.once("listening", resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const cacheDir = join(directoryOf({}), "glue");
    const startMs = performance.now();
    const { notices } = await openData("auto", [rte], { cacheDir, baseUrl, timeoutMs: 200 });
    expect(performance.now() - startMs).toBeLessThan(4000);
    expect(notices[0]).toContain("no answer within 0.2 s");
  });

  test.each([
    ["a refusal", 404],
    ["a page that is no archive, as of a login", 200],
  ])("R2: auto does not take the sample where the host answers with %s", async (_what, status) => {
    const server = createServer((_request, response) => response.writeHead(status).end("<html>")).listen(
      0,
      "127.0.0.1",
    );
    onTestFinished(() => void server.close().closeAllConnections());
    await new Promise((resolve) => server.once("listening", resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const cacheDir = join(directoryOf({}), "glue");
    await expect(openData("auto", [rte], { cacheDir, baseUrl })).rejects.toBeInstanceOf(TaskError);
    expect(readdirSync(dirname(cacheDir))).toEqual(["glue"]);
  });

  test("a directory is taken as it is, and one that is not there is refused: no sample takes its place", async () => {
    const directory = join(directoryOf(cached), "cache", "glue");
    expect((await openData(directory, [rte])).data.directory).toBe(directory);
    await expect(openData(join(directory, "none"), [rte])).rejects.toBeInstanceOf(TaskError);
  });

  test("a download that the user ended is no reason for the sample", async () => {
    const cacheDir = join(directoryOf({}), "glue");
    await expect(openData("auto", [rte], { cacheDir, baseUrl: nobody, signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
