import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { findBackbone, listBackbonePackages } from "../src/resolve/backbone.js";
import { loadDevice } from "../src/resolve/device.js";
import { listMethods, loadMethod } from "../src/resolve/method.js";
import { nearMatch } from "../src/resolve/near-match.js";
import { directoryOf, methodSource, packageOf } from "./files.js";

describe("a method is found", () => {
  test("by its short name among the packages of a workspace, though nobody depends on it", async () => {
    const root = directoryOf({
      "pnpm-workspace.yaml": "packages: [packages/*]\n",
      ...packageOf("packages/methods/fresh", "@petl/method-fresh", methodSource("fresh")),
      "deep/down/.keep": "",
    });
    const found = await loadMethod("fresh", [join(root, "deep/down")]);
    expect(found).toMatchObject({ packageName: "@petl/method-fresh", version: "1.2.3", name: "fresh" });
    expect((await listMethods([root])).map(({ name }) => name)).toContain("fresh");
  });

  test("by the name of a package installed where the user stands", async () => {
    const root = directoryOf(packageOf("node_modules/@someone/petl-foo", "@someone/petl-foo", methodSource("foo")));
    expect(await loadMethod("@someone/petl-foo", [root])).toMatchObject({ packageName: "@someone/petl-foo" });
  });

  test("by the path of a file or of a package's folder, and by a file: URL", async () => {
    const root = directoryOf({
      "mine.mjs": methodSource("mine"),
      ...packageOf("folder", "folder", methodSource("inside")),
    });
    const names = ["./mine.mjs", join(root, "mine.mjs"), pathToFileURL(join(root, "mine.mjs")).href, "./folder"];
    const found = await Promise.all(names.map((name) => loadMethod(name, [root])));
    expect(found.map(({ name }) => name)).toEqual(["mine", "mine", "mine", "inside"]);
    expect(found[0]?.packageName).toBe(join(root, "mine.mjs"));
  });
});

describe("what is no method is refused", () => {
  const bad = [
    ["export const a = 1;", "no default export"],
    ["export default () => {};", "a function"],
    ['export default { specVersion: "v2", name: "x" };', 'specVersion "v2"'],
    ['export default { specVersion: "v1", name: "../x" };', 'the name "../x"'],
    ['export default { specVersion: "v1", name: "x" };', "no function parse"],
    ['export default { specVersion: "v1", name: "x", parse() {} };', "no function attach"],
    ["throw new Error('on purpose');", "could not be imported: on purpose"],
  ] as const;

  test.each(bad)("%s", async (source, what) => {
    const root = directoryOf({ "bad.mjs": source });
    await expect(loadMethod("./bad.mjs", [root])).rejects.toMatchObject({
      code: "E_METHOD_INVALID",
      message: expect.stringContaining(what),
    });
  });

  test("a package that was not built says so", async () => {
    const manifest = JSON.stringify({ name: "@petl/method-raw", type: "module", exports: "./dist/index.js" });
    const root = directoryOf({ "pnpm-workspace.yaml": "", "packages/methods/raw/package.json": manifest });
    await expect(loadMethod("raw", [root])).rejects.toMatchObject({ code: "E_NOT_BUILT" });
  });

  test("an unknown name is told the near match", async () => {
    await expect(loadMethod("bitfitt", ["/"])).rejects.toMatchObject({
      code: "E_METHOD_UNKNOWN",
      message: expect.stringContaining('Did you mean "bitfit"?'),
    });
  });
});

const deviceSource = (name: string, preference: number | undefined, usable: boolean, reason: string): string =>
  `export default { name: "${name}", preference: ${preference}, probe: async () => ({ usable: ${usable}, reason: "${reason}" }), open() {} };`;

test("auto takes the preferred device of those that can be used, and says why it passed others over", async () => {
  const packages = {
    ...packageOf("packages/devices/best", "@petl/device-best", deviceSource("best", 999, false, "no card")),
    ...packageOf("packages/devices/good", "@petl/device-good", deviceSource("good", 998, true, "a card")),
    ...packageOf("packages/devices/odd", "@petl/device-odd", deviceSource("odd", undefined, true, "never by itself")),
  };
  const root = directoryOf({ "pnpm-workspace.yaml": "packages: [packages/*]\n", ...packages });
  const { provider, passedOver } = await loadDevice("auto", [root]);
  expect(provider.name).toBe("good");
  expect(passedOver).toContainEqual({ name: "best", reason: "no card" });
});

test("a device is found by its name, and one that cannot be used says why", async () => {
  const provider = deviceSource("broken", 1, false, "no such card");
  const root = directoryOf(packageOf("node_modules/@petl/device-broken", "@petl/device-broken", provider));
  await expect(loadDevice("broken", [root])).rejects.toMatchObject({
    code: "E_DEVICE_UNUSABLE",
    message: expect.stringContaining("no such card"),
  });
  await expect(loadDevice("brokn", [root])).rejects.toMatchObject({
    message: expect.stringContaining('Did you mean "broken"?'),
  });
});

test("a near match is named only where it is near", () => {
  expect(nearMatch("LORA", ["lora", "full"])).toBe(' Did you mean "lora"?');
  expect(nearMatch("something-else", ["lora", "full"])).toBe("");
  expect(nearMatch("lora", [])).toBe("");
});

describe("a backbone package is found", () => {
  const source = 'export default { name: "small-one", description: "a test", directory: "/nowhere", sha256: "00ff" };';

  test("by its short name, by its whole name, and in the list", async () => {
    const root = directoryOf({
      "pnpm-workspace.yaml": "",
      ...packageOf("packages/families/backbone-small-one", "@petl/backbone-small-one", source),
    });
    const found = await findBackbone("small-one", root, [root]);
    expect(found.reference).toMatch(/^file:.*main\.js$/);
    expect(await findBackbone("@petl/backbone-small-one", root, [root])).toEqual(found);
    expect((await findBackbone("small-one-random", root, [root])).reference).toBe(`${found.reference}#random`);
    expect((await listBackbonePackages([root])).map(({ name }) => name)).toContain("small-one");
  });

  test("and one that exports no checkpoint is refused with what it lacks", async () => {
    const root = directoryOf(packageOf("node_modules/odd", "odd", 'export default { name: "odd" };'));
    await expect(findBackbone("odd", root, [root])).rejects.toThrow(/without description, directory, sha256/);
  });
});
