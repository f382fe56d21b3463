import type { BenchEvent } from "@petl/bench";
import { guarded } from "./guarded.js";
import { MlflowTracker } from "./mlflow/mlflow.js";
import { mlflowServer } from "./mlflow/server.js";
import { TensorboardTracker } from "./tensorboard/tensorboard.js";
import type { TrackedSuite, Tracker } from "./tracker.js";

/** Where results can be logged. */
export const trackerNames = ["tensorboard", "mlflow"] as const;
export type TrackerName = (typeof trackerNames)[number];

/** Refuses trackers that the environment does not say enough for. @throws TrackingError */
export function checkTrackers(names: readonly TrackerName[], env: NodeJS.ProcessEnv = process.env): void {
  if (names.includes("mlflow")) mlflowServer(env);
}

/**
 * One tracker for all that are named. What one cannot take is told to `warn` once, and never to the suite.
 *
 * @throws TrackingError as `checkTrackers` does
 */
export function openTrackers(
  names: readonly TrackerName[],
  suite: TrackedSuite,
  warn: (line: string) => void,
): Tracker {
  checkTrackers(names);
  const trackers = [...new Set(names)].map((name) => guarded(name, (lose) => openTracker(name, suite, lose), warn));
  return {
    on: (event: BenchEvent) => {
      for (const tracker of trackers) tracker.on(event);
    },
    close: async () => {
      await Promise.all(trackers.map((tracker) => tracker.close()));
    },
  };
}

function openTracker(name: TrackerName, suite: TrackedSuite, lose: (error: unknown) => void): Tracker {
  switch (name) {
    case "tensorboard":
      return new TensorboardTracker(suite);
    case "mlflow":
      return new MlflowTracker(suite, mlflowServer(process.env), lose);
  }
}
