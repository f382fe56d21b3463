import { expect, test } from "vitest";
import { redirectTarget } from "../src/redirects.js";

const redirect = (location: string) => ({ status: 302, headers: new Headers({ location }) });
const hub = new URL("https://hub.test/a/b");

test("a location may be relative, on another host, or from http to https", () => {
  expect(redirectTarget(hub, redirect("../c"), 0)?.href).toBe("https://hub.test/c");
  expect(redirectTarget(hub, redirect("https://cdn.test/x"), 9)?.href).toBe("https://cdn.test/x");
  expect(redirectTarget(new URL("http://hub.test/"), redirect("https://hub.test/"), 0)?.href).toBe("https://hub.test/");
});

test("S3: a redirect from https to http is refused", () => {
  expect(() => redirectTarget(hub, redirect("http://hub.test/"), 0)).toThrow("hub.test redirects from https to http");
  expect(() => redirectTarget(hub, redirect("http://"), 0)).toThrow("to no address");
});

test("an answer of another status, or without a location, does not redirect", () => {
  expect(redirectTarget(hub, { ...redirect("/c"), status: 200 }, 0)).toBeNull();
  expect(redirectTarget(hub, { status: 302, headers: new Headers() }, 0)).toBeNull();
});
