import { chownSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { findBackbone, listBackbonePackages } from "../src/resolve/backbone.js";
import { parseConfig } from "../src/resolve/call-method.js";
import { listDevices, loadDevice } from "../src/resolve/device.js";
import { listMethods, loadMethod } from "../src/resolve/method.js";
import { findModule } from "../src/resolve/packages.js";
import { namedIn } from "../src/resolve/places.js";
import { loadSuite } from "../src/suite/load-suite.js";
import { directoryOf, methodSource, packageOf, projectListing } from "./files.js";

const ran = (name: string): string => `globalThis.ranUnasked = "${name}"; ${methodSource(name)}`;
const hasRun = (): unknown => (globalThis as { ranUnasked?: unknown }).ranUnasked;
const installed = (name: string, source: string) => packageOf(`node_modules/${name}`, name, source);

describe("S1: a package runs only by consent", () => {
  const names = ["@petl/method-evil", "@petl/device-evil", "@petl/backbone-evil"];
  const packages = Object.assign({}, ...names.map((name) => installed(name, ran(name))));

  test("what merely lies in a node_modules above is neither listed nor found", async () => {
    const places = { directory: join(directoryOf({ ...packages, "below/.keep": "" }), "below") };
    const listed = await Promise.all([listMethods(places), listDevices(places), listBackbonePackages(places)]);
    const found = listed.flat().map((each) => ("backbone" in each ? each.backbone.name : each.name));
    expect(found.filter((name) => name.includes("evil"))).toEqual([]);
    await expect(loadMethod("evil", places)).rejects.toMatchObject({ code: "E_METHOD_UNKNOWN" });
    await expect(loadDevice("evil", places)).rejects.toMatchObject({ code: "E_DEVICE_UNKNOWN" });
    await expect(findBackbone("evil", places.directory, places)).rejects.toMatchObject({ code: "E_BACKBONE_UNKNOWN" });
    await loadDevice("auto", places);
    expect(hasRun()).toBeUndefined();
  });

  test("a package of a built-in's name does not shadow it, even where a project lists it", async () => {
    const name = "@petl/method-lora";
    const root = directoryOf({ ...projectListing(name), ...installed(name, ran("shadow")) });
    const found = await loadMethod("lora", { directory: root, project: root });
    expect([found.name, found.consent, found.url.includes(root)]).toEqual(["lora", undefined, false]);
  });

  test.each(["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"])(
    "a package in a project's %s is found, and announced before it is imported",
    async (list) => {
      const manifest = JSON.stringify({ [list]: { "@petl/method-own": "1.0.0" } });
      const root = directoryOf({
        "package.json": manifest,
        ...installed("@petl/method-own", methodSource("own")),
        "nearer/package.json": "{}",
      });
      const lines: string[] = [];
      const onOutside = (line: string) => lines.push(line);
      await loadMethod("own", { directory: join(root, "nearer"), onOutside });
      const module = join(root, "node_modules/@petl/method-own/main.js");
      expect(lines).toEqual([`method own from ${module} (project ${join(root, "package.json")})`]);
    },
  );

  test("the project that is named is the only one, and its node_modules alone are searched", async () => {
    const root = directoryOf({
      ...projectListing("@petl/method-own"),
      ...installed("@petl/method-own", methodSource("own")),
      "inner/package.json": projectListing("@petl/method-own")["package.json"]!,
      "other/package.json": "{}",
    });
    const named = (project: string) => loadMethod("own", { directory: root, project: join(root, project) });
    expect((await named(".")).name).toBe("own");
    await expect(named("inner")).rejects.toMatchObject({ code: "E_METHOD_UNKNOWN" }); // lists it, has it not
    await expect(named("other")).rejects.toMatchObject({ code: "E_METHOD_UNKNOWN" });
    await expect(named("none")).rejects.toMatchObject({ code: "E_PROJECT_INVALID" });
  });

  test("a name cannot lead out of its package", () => {
    const root = directoryOf({ ...projectListing("own"), ...installed("own", ""), "evil.js": "" });
    for (const name of ["own/../../evil.js", "own/..\\..\\evil.js", "@petl/device-/../../../evil.js", "own/", "#evil"])
      expect(findModule(name, { directory: root })).toBeUndefined();
  });

  test.runIf(process.getuid?.() === 0)("a project above that belongs to another user needs --project", async () => {
    const root = directoryOf({
      ...projectListing("@petl/method-own"),
      ...installed("@petl/method-own", methodSource("own")),
    });
    chownSync(join(root, "package.json"), 12345, 12345);
    const warnings: string[] = [];
    const places = { directory: root, onWarning: (line: string) => warnings.push(line) };
    await expect(loadMethod("own", places)).rejects.toMatchObject({ code: "E_METHOD_UNKNOWN" });
    expect(warnings[0]).toContain(`pass --project ${root} to use it`);
    expect((await loadMethod("own", { ...places, project: root })).name).toBe("own");
  });
});

describe("S2: code that a data file names", () => {
  test("is refused as a path or URL, with what it wants to run and the file that names it", async () => {
    const root = directoryOf({ "evil.mjs": ran("evil") });
    const path = join(root, "evil.mjs");
    const places = namedIn({ directory: root }, "/data/method.json");
    const refused = {
      code: "E_CODE_UNTRUSTED",
      message: expect.stringMatching(/^\/data\/method\.json wants to run .*evil\.mjs: .*add --trust-code to allow it$/),
    };
    for (const name of ["./evil.mjs", path, pathToFileURL(path).href]) {
      await expect(loadMethod(name, places)).rejects.toMatchObject(refused);
      await expect(loadDevice(name, places)).rejects.toMatchObject(refused);
    }
    await expect(findBackbone(pathToFileURL(path).href, root, places)).rejects.toMatchObject(refused);
    expect(hasRun()).toBeUndefined();
  });

  test("runs with --trust-code, where the user typed the same name, and by a package's name", async () => {
    const root = directoryOf({
      "mine.mjs": methodSource("mine"),
      ...projectListing("@petl/method-own"),
      ...installed("@petl/method-own", methodSource("own")),
    });
    const places = namedIn({ directory: root }, "suite.json");
    const consent = async (name: string, more = {}) => (await loadMethod(name, { ...places, ...more })).consent;
    expect(await consent("./mine.mjs", { trustCode: true })).toBe("--trust-code, named in suite.json");
    expect(await consent("./mine.mjs", { typed: ["./mine.mjs"] })).toBe("command line");
    expect(await consent("@petl/method-own")).toBe(`project ${join(root, "package.json")}`);
    expect(await consent("lora")).toBeUndefined();
  });
});

describe("R6: whatever is broken or thrown is one line", () => {
  test("a broken package.json above is left out with a warning; the one that was asked for is named", async () => {
    const root = directoryOf({ "package.json": "{", "folder/package.json": "[", "mine.mjs": methodSource("mine") });
    const warnings: string[] = [];
    const places = { directory: root, onWarning: (line: string) => warnings.push(line) };
    expect((await loadMethod("lora", places)).name).toBe("lora");
    expect((await loadMethod("./mine.mjs", places)).packageName).toBe(join(root, "mine.mjs"));
    await listMethods(places);
    expect(new Set(warnings)).toEqual(new Set([`${join(root, "package.json")} is not a JSON object and is left out`]));
    for (const look of [loadMethod("./folder", places), loadMethod("x", { directory: root, project: root })])
      await expect(look).rejects.toMatchObject({ code: "E_PROJECT_INVALID" });
  });

  test.each(['"odd\\nwords"', "null", "undefined", "Object.create(null)", "Symbol('s')", "new Error('')"])(
    "a suite that throws %s",
    async (thrown) => {
      const root = directoryOf({ "suite.mjs": `throw ${thrown};` });
      const error = await loadSuite(join(root, "suite.mjs")).catch((each: unknown) => each);
      expect(error).toMatchObject({
        code: "E_SUITE_INVALID",
        message: expect.stringMatching(/^suite .*suite\.mjs: .+$/),
      });
    },
  );

  test.each([["words"], [null], [Object.create(null)], [new TypeError("no such thing")]])(
    "a method whose parse throws %s",
    (thrown) => {
      const method = {
        name: "odd",
        parse() {
          throw thrown;
        },
      };
      expect(() => parseConfig(method as never, {})).toThrowError(/^method odd: its parse failed: .+$/);
    },
  );

  test("a suite nested too deep to walk", async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    const root = directoryOf({ "suite.json": `{"name":"x","methods":[{"method":"bitfit","config":${deep}}]}` });
    await expect(loadSuite(join(root, "suite.json"))).rejects.toThrowError(
      /not JSON: expected arrays and objects nested at most 200 deep/,
    );
  });
});
