import { CheckpointError } from "@petl/checkpoint";
import { nowS } from "@petl/meter/time"; // the rest of it would be loaded for nothing in each run's process
import type { Device } from "@petl/tensor";
import type { TrainInput } from "@petl/trainer";
import type { ChildEvent, RunRequest } from "./protocol.js";
import { type JournalEvent, openRunState, writeRunState } from "./run-state-file.js";
import { toClockOf } from "./shared-clock.js";

/**
 * Lets a run keep its state at each evaluation and where it is stopped, and go on from the last one kept: what its earlier processes said is then
 * said again, so that a listener hears all of it. A state that cannot be written is reported, and the run goes on.
 */
export function runStates(
  { runState, clockOffsetS }: Pick<RunRequest, "runState" | "clockOffsetS">,
  { details }: Pick<Device, "details">,
  emit: (event: ChildEvent) => void,
): Pick<TrainInput<unknown>, "onEvent" | "resume" | "onRunState"> {
  const onClock = toClockOf(clockOffsetS);
  if (runState === null) return { onEvent: (event) => emit(onClock(event)) };
  const { file } = runState;
  const identity = `${runState.identity} ${JSON.stringify(details)}`;
  const said: JournalEvent[] = [];
  const say = (event: JournalEvent): void => {
    said.push(event);
    emit(event);
  };
  const onEvent = (event: JournalEvent): void => say(onClock(event));
  const stored = openRunState(file, identity);
  if (typeof stored === "string") emit({ type: "notice", message: `${stored}; the run starts anew` });
  const found = typeof stored === "string" ? null : stored;
  for (const event of found?.events ?? []) say(event); // timed by an earlier process
  if (found !== null) onEvent({ type: "resumed", step: found.point.step, atS: nowS() });
  return {
    onEvent,
    ...(found !== null && { resume: found.point }),
    async onRunState(state) {
      try {
        await writeRunState(file, identity, state, said);
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
        emit({ type: "notice", message: `no run state of step ${state.step} is kept: ${error.message}` });
      }
    },
  };
}
