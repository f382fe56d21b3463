export type { SuiteInput } from "@petl/bench";
export { defineCollection, defineTask } from "@petl/table-tasks";
