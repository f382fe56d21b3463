import { expect, test } from "vitest";
import { withSection } from "./release-version.mjs";

test("the first version follows the introduction", () => {
  expect(withSection("# Changelog\n\nNewest first.\n", "0.1.0", ["First.\n", "- one\n- two"])).toBe(
    "# Changelog\n\nNewest first.\n\n## 0.1.0\n\nFirst.\n\n- one\n- two\n",
  );
});

test("a newer version stands above older ones", () => {
  expect(withSection("# Changelog\n\n## 0.1.0\n\nOld.\n", "0.2.0", ["New."])).toBe(
    "# Changelog\n\n## 0.2.0\n\nNew.\n\n## 0.1.0\n\nOld.\n",
  );
});
