import type { HostTrace } from "@petl/meter";
import { describe, expect, test } from "vitest";
import type { ChildEvent } from "../../src/child/protocol.js";
import { loadPart } from "../../src/record/load-part.js";
import { Observation } from "../../src/record/observation.js";

/** What is heard of a run that trains and evaluates by turns from second 100 on, in windows of such lengths. */
function observe(trainedS: readonly number[], evaluatedS: readonly number[], ...more: ChildEvent[]): Observation {
  const observation = new Observation();
  let atS = 100;
  for (const [index] of (trainedS.length > 0 ? trainedS : evaluatedS).entries()) {
    for (const [name, lengthS] of [
      ["training", trainedS[index]],
      ["evaluation", evaluatedS[index]],
    ] as const) {
      if (lengthS === undefined) continue;
      observation.hear({ type: "window", window: name, edge: "begin", atS });
      atS += lengthS;
      observation.hear({ type: "window", window: name, edge: "end", atS });
    }
  }
  for (const event of more) observation.hear(event);
  return observation;
}

/** Four processors: the run keeps 2 of them busy, others 1 until second 110 and 2 from then on. */
const readings = [90, 100, 110, 120, 130].map((atS) => ({
  atS,
  ownS: 2 * (atS - 90),
  busyS: 3 * (atS - 90) + Math.max(0, atS - 110),
  capacityS: 4 * (atS - 90),
}));
const unseen = { value: null, reason: "not looked at" } as const;
const host: HostTrace = {
  ...{ memory: unseen, energy: unseen },
  load: { value: readings, reason: null },
  loadAverage: { start: 0.5, end: 3.25 },
};

describe("the load of a run", () => {
  test("is apart for training and evaluation, in the windows of each", () => {
    const { load, processorS } = loadPart(host, observe([10, 5], [2, 3])); // 100-110, 112-117; 110-112, 117-120
    expect(processorS).toBeCloseTo(30, 9);
    expect(load.othersBusyShare.training).toBeCloseTo((10 + 5 * 2) / 60, 9);
    expect(load.othersBusyShare.evaluation).toBeCloseTo(0.5, 9);
    expect(load).toMatchObject({ loadAverage: { start: 0.5, end: 3.25 }, reason: null });
  });

  test("of a run that was interrupted is null with the reason, not that of its last process", () => {
    const resumed = { type: "resumed", step: 7, atS: 111 } as const;
    const { load, processorS } = loadPart(host, observe([10, 5], [2, 3], resumed));
    expect(processorS).toBeNull();
    expect(load).toEqual({
      othersBusyShare: { training: null, evaluation: null },
      loadAverage: host.loadAverage,
      reason: expect.stringMatching(/went on after step 7: its load before that was not kept/),
    });
  });

  test.each([
    [
      "the system shows none",
      { ...host, load: { value: null, reason: "Linux only" } },
      observe([10], [2]),
      "Linux only",
    ],
    ["the process never started", null, observe([], []), "the run's process could not be started"],
    ["no window was begun", host, observe([], []), "the run ended before its first window"],
  ] as const)("is null with the reason where %s", (_, trace, observation, reason) => {
    const { load, processorS } = loadPart(trace, observation);
    expect([processorS, load.othersBusyShare, load.reason]).toEqual([
      null,
      { training: null, evaluation: null },
      reason,
    ]);
  });

  test("of a run that only evaluates is that of its evaluation", () => {
    const { load, processorS } = loadPart(host, observe([], [4]));
    expect(load.othersBusyShare).toEqual({ training: null, evaluation: expect.closeTo(0.25, 9) });
    expect([processorS, load.reason]).toEqual([null, "the run did not train"]);
  });
});
