import type { ReportModel } from "@petl/report";
import { defaultsOf, runOptions, trainingSettings } from "@petl/settings";
import { expect, test } from "vitest";
import { flopsOfGroups } from "../../../src/commands/report/forecast-groups.js";

const settings = { ...defaultsOf(trainingSettings), ...defaultsOf(runOptions) };
const variants = ["full", "bitfit"].map((methodPackage) => ({ methodPackage, methodConfig: {} }));
const model = {
  groups: ["t5-tiny", "gone-from-here"].map((backbone) => ({ variants, trained: { backbone, settings } })),
} as unknown as ReportModel;

test("methods on a backbone whose shape is not known have a reason, and those of other groups a count", async () => {
  const [known, unknown] = await flopsOfGroups(model, { directory: process.cwd() });
  expect(known!.map(({ flops, reason }) => [flops! > 1e6, reason])).toEqual(variants.map(() => [true, null]));
  const reason = expect.stringMatching(/backbone "gone-from-here": expected a geometry/);
  expect(unknown).toEqual(variants.map(() => ({ flops: null, reason })));
});
