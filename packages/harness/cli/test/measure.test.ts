import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readTraceCsv } from "@petl/meter";
import { describe, expect, test } from "vitest";
import { standIn } from "../../../measuring/meter/test/stand-in/index.js";
import { startBench, temporaryDirectory } from "./bench-command.js";

/** No GPU, whatever this machine has. */
const blind = { NVIDIA_SMI: "/nowhere/nvidia-smi" };
const node = process.execPath;

describe("measure", () => {
  test.each([
    ["ends well", "process.exit(0)", 0],
    ["fails", "process.exit(7)", 7],
    ["is ended by a signal", 'process.kill(process.pid, "SIGKILL")', 137],
  ])("passes on the exit code of a command that %s, and its output", async (_, end, exitCode) => {
    const script = `require("fs").writeSync(1, "its own\\n"); require("fs").writeSync(2, "aside\\n"); ${end}`;
    const measured = await startBench(["measure", "--", node, "-e", script], temporaryDirectory(), blind);
    expect([measured.exitCode, measured.stdout]).toEqual([exitCode, "its own"]);
    expect(measured.stderr).toMatch(/^aside\n[\s\S]*Time +\d/);
    expect(measured.stderr).toMatch(/GPU\n +none +\/nowhere\/nvidia-smi does not exist/);
  });

  test.runIf(process.platform === "linux")("says that a command ended too soon for its memory to be seen", async () => {
    const command = ["measure", "--", "sh", "-c", "exit 7"];
    const { exitCode, stderr } = await startBench(command, temporaryDirectory(), blind);
    expect(exitCode).toBe(7);
    // on a busy machine it may live long enough for a true figure
    expect(stderr).toMatch(/Host memory +(n\/a: .*ended before|peak [\d.]+ MB)/);
  });

  test("gives memory of the whole tree of processes and null energy with its reason, without a GPU", async () => {
    const child = "const held = Buffer.alloc(150e6, 1); setTimeout(() => held, 1500)";
    const parent = `const held = Buffer.alloc(100e6, 1);
      require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" });
      process.on("exit", () => console.log(held.length));`;
    const { stdout, stderr, exitCode } = await startBench(
      ["measure", "--json", node, "-e", parent],
      temporaryDirectory(),
      blind,
    );
    const measurement = JSON.parse(stdout);
    expect([exitCode, measurement.exitCode, measurement.gpus]).toEqual([0, 0, []]);
    expect(stderr).toContain("100000000"); // what the command printed
    expect(measurement.wallTimeS).toBeGreaterThan(1.5);
    if (process.platform === "linux") {
      expect(measurement.host.peakBytes).toBeGreaterThan(100e6);
      expect(measurement.host.treePeakBytes).toBeGreaterThan(250e6);
    }
    if (measurement.host.energyJ === null) expect(measurement.host.energyReason).toMatch(/./);
  });

  test("sums up GPUs by index and uuid, and writes a record and the raw traces", async () => {
    const gpus = [0, 1, 2].map((index) => ({ index, uuid: `GPU-${index}cc-stand-in`, name: `Card ${index}` }));
    const { path } = standIn({ gpus, signal: { kind: "constant", baseW: 100 } });
    const directory = temporaryDirectory();
    const args = [
      "--gpu",
      "2,GPU-0cc",
      "--idle",
      "0.5",
      "--out",
      "out",
      "--",
      node,
      "-e",
      "setTimeout(() => {}, 1500)",
    ];
    const { exitCode, stderr } = await startBench(["measure", ...args], directory, { NVIDIA_SMI: path });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/GPU 2: Card 2\n +Energy/);
    const measurement = JSON.parse(readFileSync(join(directory, "out", "measure.json"), "utf8"));
    expect(measurement.gpus.map(({ index }: { index: number }) => index)).toEqual([2, 0]);
    for (const { index, energy } of measurement.gpus) {
      expect(energy.grossJ / measurement.wallTimeS).toBeCloseTo(100, 3);
      expect(energy.netJ).toBeCloseTo(0, 3);
      expect(energy).toMatchObject({ idlePowerW: 100, counterJ: null, onceAMinute: { intervalS: 60 } });
      const trace = await readTraceCsv(join(directory, "out", `gpu-${index}.csv`));
      expect(trace.samples.length).toBeGreaterThan(20);
    }
  });

  test("says in one line what is wrong with what it is asked", async () => {
    const run = async (...args: string[]) => {
      const { exitCode, stderr } = await startBench(["measure", ...args], temporaryDirectory(), {
        NVIDIA_SMI: standIn().path,
      });
      return [exitCode, stderr.trim().split("\n").at(-1)];
    };
    expect(await run()).toEqual([2, expect.stringContaining("missing required argument 'command'")]);
    expect(await run("--gpu", "7", "--", "true")).toEqual([2, expect.stringMatching(/got "7"; present: 0/)]);
    expect(await run("--idle", "0", "--", "no-such-program")).toEqual([
      127,
      expect.stringMatching(/^error: no-such-program: expected a program/),
    ]);
  });

  test.runIf(process.platform !== "win32")("hands on signals, and still measures", async () => {
    const directory = temporaryDirectory();
    const script = `process.on("SIGTERM", () => process.exit(5)); require("fs").writeFileSync("ready", ""); setInterval(() => {}, 1000);`;
    const bench = startBench(["measure", "--", node, "-e", script], directory, blind);
    for (let wait = 0; wait < 1000 && !existsSync(join(directory, "ready")); wait++) await delay(20);
    bench.kill("SIGTERM");
    const { exitCode, stderr } = await bench;
    expect([exitCode, stderr]).toEqual([5, expect.stringMatching(/Ended +exit code 5/)]);
  });
});
