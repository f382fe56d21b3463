import fc from "fast-check";
import { expect, test } from "vitest";
import { dnsName } from "../../src/index.js";

test.each(["ranks", "a-1", "7b"])("%j stays as it is", (name) => expect(dnsName(name, 63)).toBe(name));

test.each([
  ["Ranks, large (1/2)", /^ranks-large-1-2-[0-9a-f]{8}$/],
  ["-x-", /^x-[0-9a-f]{8}$/],
  ["比較", /^suite-[0-9a-f]{8}$/],
  ["", /^suite-[0-9a-f]{8}$/],
  ["y".repeat(64), /^y{54}-[0-9a-f]{8}$/],
])("%j becomes %s", (name, pattern) => expect(dnsName(name, 63)).toMatch(pattern));

test("texts that look alike stay apart", () => {
  expect(new Set(["A b", "a b", "a_b", "a-b"].map((name) => dnsName(name, 63))).size).toBe(4);
});

test("every text gives a label", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.integer({ min: 20, max: 63 }), (text, longest) => {
      const name = dnsName(text, longest);
      expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      expect(name.length).toBeLessThanOrEqual(longest);
    }),
  );
});
