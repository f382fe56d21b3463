import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type RunRecord, readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory } from "./bench-command.js";

/** READ on 96 rows of the built-in sample for two epochs, nothing kept in memory; kernels of which rows are independent. */
const command = (out: string, ...rest: string[]): string[] => [
  ...["glue", "--backbone", "t5-tiny-random", "--data", "sample", "--tasks", "sst2", "--methods", "read"],
  ...["--limit", "96", "--eval-limit", "32", "--epochs", "2", "--batch-size", "8", "--cpu-kernels", "wasm"],
  ...["--protocol", "dev"],
  ...["--out", out, ...rest],
];

const recordOf = async (out: string): Promise<RunRecord> => (await readRecords(out)).records[0]!;
/** Bytes of the cache's files. */
function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.activations$/.test(name),
  );
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

test.skipIf(process.platform !== "linux")(
  "a run killed while it writes its cache is run again with what is whole of it, and gives what a run without gives",
  async () => {
    const directory = temporaryDirectory();
    const kept = join(directory, "killed", "activation-cache");
    const bench = startBench(command("killed", "--cache-budget", "0+1GB"), directory);
    while (bytesBelow(kept) < 3e5 && bench.exitCode === null) await delay(10);
    const [child = ""] = readFileSync(`/proc/${bench.pid}/task/${bench.pid}/children`, "utf8").split(" ");
    expect(child).toMatch(/^\d+$/); // 0 would be this very process
    process.kill(Number(child), "SIGKILL");
    expect((await bench).exitCode).toBe(1);
    expect(bytesBelow(kept)).toBeGreaterThan(3e5);

    const again = await startBench(command("killed", "--cache-budget", "0+1GB"), directory);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain("of 256 examples seen");
    const without = await startBench(command("without", "--cache-activations", "off"), directory);
    expect(without.exitCode).toBe(0);
    const [cached, plain] = [await recordOf(join(directory, "killed")), await recordOf(join(directory, "without"))];
    expect(cached.curve).toEqual(plain.curve);
    expect(cached.scores!.evaluations.map(({ score }) => score)).toEqual(
      plain.scores!.evaluations.map(({ score }) => score),
    );
    expect(cached.activationCache!.figures!.inherited).toBeGreaterThan(0);
    expect(cached.epochs!.map(({ backboneForwards }) => backboneForwards)[1]).toEqual({ training: 0, evaluation: 0 });
    expect(plain.epochs!.map(({ backboneForwards }) => backboneForwards)[1]).toEqual({ training: 96, evaluation: 32 });
    expect(plain.activationCache).toEqual({ reason: "switched off", figures: null });
    expect([cached.run.settings.cacheActivations, plain.run.settings.cacheActivations]).toEqual(["auto", "off"]);
    expect(existsSync(kept)).toBe(false);
  },
  180_000, // three programs one after the other
);
