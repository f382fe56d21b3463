import type { BenchEvent } from "@petl/bench";
import { guarded } from "./guarded.js";
import { TensorboardTracker } from "./tensorboard/tensorboard.js";
import type { TrackedSuite, Tracker } from "./tracker.js";

/** Where results can be logged. */
export const trackerNames = ["tensorboard"] as const;
export type TrackerName = (typeof trackerNames)[number];

/** One tracker for all that are named. What one cannot take is told to `warn` once, and never to the suite. */
export function openTrackers(
  names: readonly TrackerName[],
  suite: TrackedSuite,
  warn: (line: string) => void,
): Tracker {
  const trackers = [...new Set(names)].map((name) => guarded(name, openTracker(name, suite), warn));
  return {
    on: (event: BenchEvent) => {
      for (const tracker of trackers) tracker.on(event);
    },
    close: async () => {
      await Promise.all(trackers.map((tracker) => tracker.close()));
    },
  };
}

function openTracker(name: TrackerName, suite: TrackedSuite): Tracker {
  switch (name) {
    case "tensorboard":
      return new TensorboardTracker(suite);
  }
}
