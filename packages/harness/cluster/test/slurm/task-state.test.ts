import { expect, test } from "vitest";
import { taskState } from "../../src/slurm/task-state.js";

test.each([
  ["PENDING", "pending"],
  ["PENDING REQUEUED", "pending"],
  ["COMPLETED REQUEUED", "pending"],
  ["REQUEUE_HOLD", "pending"],
  ["RUNNING", "running"],
  ["SUSPENDED", "running"],
  ["CONFIGURING", "running"],
  ["COMPLETED COMPLETING", "running"],
  ["A_WORD_OF_THE_FUTURE", "running"],
  ["COMPLETED", "ended"],
  ["CANCELLED", "ended"],
  ["PREEMPTED", "ended"],
  ["NODE_FAIL", "ended"],
])("%s is %s", (words, state) => expect(taskState(words.split(" "))).toBe(state));
