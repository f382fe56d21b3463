import { beforeAll, expect, test } from "vitest";
import { DivergedError, type TrainEvent, train } from "../src/index.js";
import { everything, openDevice, toyBackbone, toySettings, toyTask } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

async function losses(changes: Parameters<typeof toySettings>[0]): Promise<(number | undefined)[]> {
  const events: TrainEvent[] = [];
  const settings = toySettings({ epochs: 1, ...changes }); // 12 updates
  const onEvent = (event: TrainEvent) => events.push(event);
  await train({ backbone: toyBackbone(), method: everything, config: null, task: toyTask(), settings, onEvent });
  return events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
}

const mean = (values: readonly (number | undefined)[]): number =>
  (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;

test("a logged loss is the mean since the one before, and the last update before an evaluation logs too", async () => {
  const every = await losses({});
  const fifth = await losses({ logEvery: 5 });
  expect(fifth.map((loss) => loss !== undefined)).toEqual(every.map((_, index) => [4, 9, 11].includes(index)));
  expect(fifth[4]).toBe(mean(every.slice(0, 5)));
  expect(fifth[9]).toBe(mean(every.slice(5, 10)));
  expect(fifth[11]).toBe(mean(every.slice(10)));
});

test("with micro-batches each update counts once", async () => {
  const [every, fourth] = [await losses({ accumulate: 2 }), await losses({ accumulate: 2, logEvery: 4 })];
  expect(fourth[3]).toBe(mean(every.slice(0, 4)));
});

test("a loss that is not finite ends the run at the next logged one", async () => {
  await expect(losses({ logEvery: 4, learningRate: 1e30, clipNorm: null })).rejects.toThrow(DivergedError);
});
