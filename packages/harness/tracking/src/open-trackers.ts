import type { BenchEvent } from "@petl/bench";
import { guarded } from "./guarded.js";
import { mlflowServer } from "./mlflow/server.js";
import type { TrackedSuite, Tracker } from "./tracker.js";

/** Where results can be logged. */
export const trackerNames = ["tensorboard", "mlflow", "wandb"] as const;
export type TrackerName = (typeof trackerNames)[number];

/** Refuses trackers that the environment does not say enough for. @throws TrackingError */
export function checkTrackers(names: readonly TrackerName[], env: NodeJS.ProcessEnv = process.env): void {
  if (names.includes("mlflow")) mlflowServer(env);
}

/** How a tracker speaks to the user. */
export interface Speech {
  /** Of what it cannot take: once, and never to the suite. */
  warn(line: string): void;
  /** Of what to do next. */
  note(line: string): void;
}

/**
 * One tracker for all that are named.
 *
 * @throws TrackingError as `checkTrackers` does
 */
export async function openTrackers(
  names: readonly TrackerName[],
  suite: TrackedSuite,
  speech: Speech,
): Promise<Tracker> {
  checkTrackers(names);
  const trackers = await Promise.all(
    [...new Set(names)].map(async (name) => {
      const open = await loadTracker(name);
      return guarded(
        name,
        (lose) => open(suite, { lose, note: (line) => speech.note(line) }),
        (line) => speech.warn(line),
      );
    }),
  );
  return {
    on: (event: BenchEvent) => {
      for (const tracker of trackers) tracker.on(event);
    },
    close: async () => {
      await Promise.all(trackers.map((tracker) => tracker.close()));
    },
  };
}

interface Told {
  readonly lose: (error: unknown) => void;
  readonly note: (line: string) => void;
}

/** Only what is asked for is loaded. */
async function loadTracker(name: TrackerName): Promise<(suite: TrackedSuite, told: Told) => Tracker> {
  switch (name) {
    case "tensorboard": {
      const { TensorboardTracker } = await import("./tensorboard/tensorboard.js");
      return (suite) => new TensorboardTracker(suite);
    }
    case "mlflow": {
      const { MlflowTracker } = await import("./mlflow/mlflow.js");
      return (suite, { lose }) => new MlflowTracker(suite, mlflowServer(process.env), lose);
    }
    case "wandb": {
      const { WandbTracker } = await import("./wandb/wandb.js");
      return (suite, { note }) => new WandbTracker(suite, process.env, note);
    }
  }
}
