import { expect, test } from "vitest";
import { barLine } from "../../src/progress/bar-line.js";

const state = {
  share: 0.421,
  left: "14 min 30 s left",
  ...{ index: 12, total: 168, method: "prompt-tuning", task: "sst2", which: "seed 0" },
  doing: "step 1200/6740",
  figures: ["loss 0.412"],
};

test("a wide terminal shows everything", () => {
  expect(barLine(state, 140)).toBe(
    "########------------ 42 %  14 min 30 s left  run 12/168  prompt-tuning on sst2, seed 0  step 1200/6740  loss 0.412",
  );
});

test.each([120, 100, 80, 60, 40, 24])("at %i columns the line fits and says the time left", (width) => {
  const line = barLine(state, width);
  expect(line.length).toBeLessThanOrEqual(width);
  expect(line).toContain("14 min 30 s left");
});

test("at 80 columns names are shortened", () => {
  expect(barLine(state, 80)).toContain("12/168  prompt-… sst2  step 1200/6740");
});
