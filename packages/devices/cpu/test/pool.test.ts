import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { tf } from "@petl/tensor";
import { afterEach, describe, expect, test } from "vitest";
import cpu from "../src/index.js";
import { control } from "../src/wasm/control.js";
import { KernelRunner } from "../src/wasm/runner.js";
import { startTfjsModule } from "../src/wasm/tfjs-module.js";
import { normal } from "./compare.js";

const run = promisify(execFile);
const built = new URL("../dist/index.js", import.meta.url).href;

describe("the worker pool", () => {
  let runner: KernelRunner | undefined;
  let thief: Worker | undefined;
  afterEach(async () => {
    await thief?.terminate();
    await runner?.close();
    runner = undefined;
  });

  test("turns a thread that took work and never finished it into a DeviceError", async () => {
    const module = await startTfjsModule();
    runner = new KernelRunner(module, { build: "simd", threads: 2, lostAfterMs: 200 });
    await runner.ready();
    const code = `
      const { workerData: { memory, address } } = require("node:worker_threads");
      const words = new Int32Array(memory.buffer, address, 16);
      for (let stolen = 0; stolen < 1; ) {
        const left = Atomics.load(words, ${control.remaining});
        if (left > 0 && Atomics.compareExchange(words, ${control.remaining}, left, left - 1) === left) stolen++;
      }`;
    thief = new Worker(code, { eval: true, workerData: { memory: module.wasmMemory, address: runner.controlAddress } });
    const size = 2 ** 22;
    const [from, to] = [module._malloc(4 * size), module._malloc(4 * size)];
    const work = () => {
      for (let index = 0; index < 10_000; index++) runner!.run("relu", size, 1000, [from, to]);
    };
    expect(work).toThrowError(expect.objectContaining({ name: "DeviceError", code: "E_DEVICE_LOST" }));
    expect(() => runner!.run("relu", 4, 1, [from, to])).toThrowError(/made no progress for 0.2 s/);
  });

  test("says so when a worker has ended", async () => {
    const workers: Worker[] = [];
    const collect = (worker: Worker) => workers.push(worker);
    process.on("worker", collect);
    const device = await cpu.open({ threads: 2 });
    process.off("worker", collect);
    expect(workers).toHaveLength(1);
    await workers[0]!.terminate();
    const x = tf.zeros([4, 4]);
    expect(() => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)).toThrowError(/a worker ended/);
    await device.close();
  });

  test("turns a kernel that fails into a DeviceError", async () => {
    const module = await startTfjsModule();
    runner = new KernelRunner(module, { build: "simd", threads: 1 });
    await runner.ready();
    expect(() => runner!.run("relu", 1024, 1, [2 ** 32 - 64, 2 ** 32 - 64])).toThrowError(
      expect.objectContaining({ code: "E_DEVICE_LOST" }),
    );
  });

  test("uses no processor time when idle", async () => {
    const device = await cpu.open({ threads: 3 });
    const x = normal([300, 300]) as tf.Tensor2D;
    tf.matMul(x, x).dispose();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(250); // milliseconds, of 1500 that spinning threads would use
    await device.close();
  });

  test.each([
    ["a process that closes it", "await device.close();"],
    ["a process that forgets to", ""],
  ])("lets %s end, and leaves no file behind", async (_, end) => {
    const folder = mkdtempSync(join(tmpdir(), "petl-device-cpu-"));
    const script = `
      import cpu from ${JSON.stringify(built)};
      const device = await cpu.open({ threads: 3 });
      console.log(device.details.threads, process.listenerCount("uncaughtException"), typeof globalThis.Worker);
      ${end}`;
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", script], {
      timeout: 30_000,
      env: { ...process.env, TMPDIR: folder },
    });
    expect([stdout.trim(), stderr]).toEqual(["3 0 undefined", ""]);
    expect(readdirSync(folder)).toEqual([]);
    rmdirSync(folder);
  });
});
