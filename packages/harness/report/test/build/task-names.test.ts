import { expect, test } from "vitest";
import { namedMeans, taskLabel, taskOrder } from "../../src/build/task-names.js";
import { syntheticMethods, syntheticRecord } from "../record-factory.js";

const pairs = { title: "Pairs", means: [{ name: "Pairs-2", tasks: ["left", "right"] }] };
const scored = { evaluations: ["test"], metrics: ["accuracy" as const] };
const target = {
  kind: "class" as const,
  labels: [
    { file: "0", word: "no" },
    { file: "1", word: "yes" },
  ],
};
const record = (name: string, collection: typeof pairs | null) => {
  const task = { ...scored, target, name, title: `The ${name}`, collection };
  return syntheticRecord(syntheticMethods[0]!, { task: name, changes: { task } });
};
const [left, right, own] = [record("left", pairs), record("right", pairs), record("mine", null)];
const rte = syntheticRecord(syntheticMethods[0]!, { task: "rte" });

test("a published mean is named only where each of its tasks is there", () => {
  expect(namedMeans(["left", "right", "mine"], [left!, right!, own!])).toEqual([pairs.means[0]]);
  expect(namedMeans(["left", "mine"], [left!, own!])).toEqual([{ name: "mean of 2 tasks", tasks: ["left", "mine"] }]);
});

test("tasks stand by collection, GLUE first, one's own last, and have the titles of their records", () => {
  const records = [own!, right!, rte, left!];
  const names = records.map(({ run }) => run.task).sort(taskOrder(records));
  expect(names).toEqual(["rte", "left", "right", "mine"]);
  expect(names.map((name) => taskLabel(name, records))).toEqual(["RTE", "The left", "The right", "The mine"]);
});
