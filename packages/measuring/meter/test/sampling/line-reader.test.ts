import { spawn } from "node:child_process";
import { once } from "node:events";
import { getDefaultHighWaterMark, PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { LineReader, withoutReadingAhead } from "../../src/sampling/line-reader.js";

function reading(pauseMs: number) {
  const pipe = new PassThrough({ highWaterMark: 1 });
  const lines: string[] = [];
  const reader = new LineReader(pipe, (line) => lines.push(line), pauseMs);
  onTestFinished(() => reader.readAtOnce());
  return { pipe, lines, reader };
}

describe("LineReader", () => {
  it("hands over the first line at once, and those of a pause together and in order", async () => {
    const { pipe, lines } = reading(300);
    pipe.write("one\n");
    await expect.poll(() => lines).toEqual(["one"]);
    const counts = new Set<number>();
    for (const line of ["two", "three", "four", "five"]) pipe.write(`${line}\n`);
    await expect.poll(() => counts.add(lines.length) && lines.length, { interval: 5 }).toBe(5);
    expect(lines).toEqual(["one", "two", "three", "four", "five"]);
    expect([...counts].filter((count) => count !== 1 && count !== 5)).toEqual([]);
  });

  it("reads each line as it comes without a pause, and once told to", async () => {
    for (const pauseMs of [0, 60_000]) {
      const { pipe, lines, reader } = reading(pauseMs);
      pipe.write("one\n");
      await expect.poll(() => lines).toEqual(["one"]);
      pipe.write("two\nthr");
      await sleep(20);
      reader.readAtOnce();
      await expect.poll(() => lines).toEqual(["one", "two"]);
      expect(reader.rest).toBe("thr");
      pipe.end("ee\n");
      await expect.poll(() => lines).toEqual(["one", "two", "three"]);
    }
  });
});

it("R5: gives up at a line without end, keeps no more of it, and says so once", async () => {
  const pipe = new PassThrough();
  const lines: string[] = [];
  let times = 0;
  const reader = new LineReader(
    pipe,
    (line) => lines.push(line),
    0,
    () => times++,
  );
  pipe.write("one\n");
  for (let written = 0; written < 8; written++) pipe.write("\0".repeat(50_000));
  await expect.poll(() => times).toBe(1);
  pipe.end("\ntwo\n");
  await sleep(20);
  expect([times, lines]).toEqual([1, ["one"]]);
  expect(reader.rest.length).toBeLessThanOrEqual(65_536);
});

describe("withoutReadingAhead", () => {
  it("leaves what a process prints in the pipe, and Node's default as it was", async () => {
    const before = getDefaultHighWaterMark(false);
    const script = `setInterval(() => process.stdout.write("x\\n"), 5)`;
    const child = withoutReadingAhead(() =>
      spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] }),
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(getDefaultHighWaterMark(false)).toBe(before);
    await once(child.stdout, "readable");
    await sleep(300);
    expect(child.stdout.readableLength).toBeLessThanOrEqual(4); // of the hundred bytes it has written
    expect(() =>
      withoutReadingAhead(() => {
        throw new Error("no such process");
      }),
    ).toThrow("no such process");
    expect(getDefaultHighWaterMark(false)).toBe(before);
  });
});
