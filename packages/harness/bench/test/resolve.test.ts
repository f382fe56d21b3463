import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { findBackbone, listBackbonePackages } from "../src/resolve/backbone.js";
import { loadDevice } from "../src/resolve/device.js";
import { listFamilies } from "../src/resolve/family.js";
import { listMethods, loadMethod } from "../src/resolve/method.js";
import { nearMatch } from "../src/resolve/near-match.js";
import { directoryOf, methodSource, packageOf, projectListing } from "./files.js";

describe("a method is found", () => {
  test("by its short name among the packages that a project above lists", async () => {
    const root = directoryOf({
      ...projectListing("@petl/method-fresh"),
      ...packageOf("node_modules/@petl/method-fresh", "@petl/method-fresh", methodSource("fresh")),
      "deep/down/.keep": "",
    });
    const found = await loadMethod("fresh", { directory: join(root, "deep/down") });
    expect(found).toMatchObject({ packageName: "@petl/method-fresh", version: "1.2.3", name: "fresh" });
    expect((await listMethods({ directory: root })).map(({ name }) => name)).toContain("fresh");
  });

  test("by the name of a package that the project lists and has installed", async () => {
    const root = directoryOf({
      ...projectListing("@someone/petl-foo"),
      ...packageOf("node_modules/@someone/petl-foo", "@someone/petl-foo", methodSource("foo")),
    });
    expect(await loadMethod("@someone/petl-foo", { directory: root })).toMatchObject({
      packageName: "@someone/petl-foo",
    });
  });

  test("by the path of a file or of a package's folder, and by a file: URL", async () => {
    const root = directoryOf({
      "mine.mjs": methodSource("mine"),
      ...packageOf("folder", "folder", methodSource("inside")),
    });
    const names = ["./mine.mjs", join(root, "mine.mjs"), pathToFileURL(join(root, "mine.mjs")).href, "./folder"];
    const found = await Promise.all(names.map((name) => loadMethod(name, { directory: root })));
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
    await expect(loadMethod("./bad.mjs", { directory: root })).rejects.toMatchObject({
      code: "E_METHOD_INVALID",
      message: expect.stringContaining(what),
    });
  });

  test("a package that was not built says so", async () => {
    const manifest = JSON.stringify({ name: "@petl/method-raw", type: "module", exports: "./dist/index.js" });
    const root = directoryOf({
      ...projectListing("@petl/method-raw"),
      "node_modules/@petl/method-raw/package.json": manifest,
    });
    await expect(loadMethod("raw", { directory: root })).rejects.toMatchObject({ code: "E_NOT_BUILT" });
  });

  test("an unknown name is told the near match", async () => {
    await expect(loadMethod("bitfitt", {})).rejects.toMatchObject({
      code: "E_METHOD_UNKNOWN",
      message: expect.stringContaining('Did you mean "bitfit"?'),
    });
  });
});

const deviceSource = (name: string, preference: number | undefined, usable: boolean, reason: string): string =>
  `export default { name: "${name}", preference: ${preference}, probe: async () => ({ usable: ${usable}, reason: "${reason}" }), open() {} };`;

test("auto takes the preferred device of those that can be used, and says why it passed others over", async () => {
  const packages = {
    ...packageOf("node_modules/@petl/device-best", "@petl/device-best", deviceSource("best", 999, false, "no card")),
    ...packageOf("node_modules/@petl/device-good", "@petl/device-good", deviceSource("good", 998, true, "a card")),
    ...packageOf(
      "node_modules/@petl/device-odd",
      "@petl/device-odd",
      deviceSource("odd", undefined, true, "never by itself"),
    ),
  };
  const listed = projectListing("@petl/device-best", "@petl/device-good", "@petl/device-odd");
  const root = directoryOf({ ...listed, ...packages });
  const { provider, passedOver } = await loadDevice("auto", { directory: root });
  expect(provider.name).toBe("good");
  expect(passedOver).toContainEqual({ name: "best", reason: "no card" });
});

test("a device is found by its name, and one that cannot be used says why", async () => {
  const provider = deviceSource("broken", 1, false, "no such card");
  const root = directoryOf({
    ...projectListing("@petl/device-broken"),
    ...packageOf("node_modules/@petl/device-broken", "@petl/device-broken", provider),
  });
  await expect(loadDevice("broken", { directory: root })).rejects.toMatchObject({
    code: "E_DEVICE_UNUSABLE",
    message: expect.stringContaining("no such card"),
  });
  await expect(loadDevice("brokn", { directory: root })).rejects.toMatchObject({
    message: expect.stringContaining('Did you mean "broken"?'),
  });
});

test("a near match is named only where it is near", () => {
  expect(nearMatch("LORA", ["lora", "full"])).toBe(' Did you mean "lora"?');
  expect(nearMatch("something-else", ["lora", "full"])).toBe("");
  expect(nearMatch("lora", [])).toBe("");
});

describe("a backbone package is found", () => {
  const directory = fileURLToPath(new URL("../../../families/backbone-mini/checkpoint", import.meta.url));
  const source = `export default { name: "small-one", description: "a test", directory: ${JSON.stringify(directory)}, sha256: "00ff" };`;

  test("by its short name, by its whole name, and in the list", async () => {
    const root = directoryOf({
      ...projectListing("@petl/backbone-small-one"),
      ...packageOf("node_modules/@petl/backbone-small-one", "@petl/backbone-small-one", source),
    });
    const found = await findBackbone("small-one", root, { directory: root });
    expect(found.reference).toMatch(/^file:.*main\.js$/);
    expect(await findBackbone("@petl/backbone-small-one", root, { directory: root })).toEqual(found);
    expect((await findBackbone("small-one-random", root, { directory: root })).reference).toBe(
      `${found.reference}#random`,
    );
    expect((await listBackbonePackages({ directory: root })).map(({ backbone }) => backbone.name)).toContain(
      "small-one",
    );
  });

  test("and one that exports no checkpoint is refused with what it lacks", async () => {
    const root = directoryOf({
      ...projectListing("odd"),
      ...packageOf("node_modules/odd", "odd", 'export default { name: "odd" };'),
    });
    await expect(findBackbone("odd", root, { directory: root })).rejects.toThrow(
      /without description, directory, sha256/,
    );
  });
});

describe("a model family is found", () => {
  const tiny = { name: "tiny", modelTypes: ["tiny"], models: "Tiny 1" };
  const functions = "configFields() {}, shapes() {}, stored() {}, initialise() {}, build() {}, misfit() {}";
  /** A schema that wants one field of `config.json`. */
  const schema = `config: { safeParse: ({ width }) => width > 0 ? { success: true, data: { width } } : { success: false, error: { issues: [{ path: ["width"], message: "expected a width" }] } } }`;
  const exporting = (fields: object, config = schema): string =>
    `export default { specVersion: "v1", scorings: [], geometries: {}, published: {}, ${functions}, ${config}, ...${JSON.stringify(fields)} };`;
  const installed = (source: string): Record<string, string> => ({
    ...projectListing("@petl/family-tiny"),
    "node_modules/@petl/family-tiny/package.json": JSON.stringify({
      ...{ name: "@petl/family-tiny", version: "1.2.3", type: "module", exports: "./main.js" },
      petl: { modelTypes: ["tiny"] },
    }),
    "node_modules/@petl/family-tiny/main.js": source,
    "model/config.json": JSON.stringify({ model_type: "tiny", width: 8 }),
  });

  test("by the model_type of a directory's config.json, in a package that the project lists", async () => {
    const root = directoryOf(installed(exporting(tiny)));
    const found = await findBackbone("model", root, { directory: root });
    expect(found).toMatchObject({ reference: join(root, "model"), family: { definition: tiny, version: "1.2.3" } });
    expect((await listFamilies({ directory: root })).map(({ definition }) => definition.name)).toContain("tiny");
  });

  test("and of an unknown model_type one line says what it is and which are supported", async () => {
    const root = directoryOf({
      ...installed(exporting(tiny)),
      "other/config.json": JSON.stringify({ model_type: "vast" }),
    });
    await expect(findBackbone("other", root, { directory: root })).rejects.toMatchObject({
      code: "E_BACKBONE_FAMILY",
      message: expect.stringMatching(/other.config\.json: expected a model_type of .*tiny \(Tiny 1\).*, got "vast"/),
    });
  });

  test("and a model whose config.json it does not read is refused by its fields, before anything else of the model is", async () => {
    const root = directoryOf({
      ...installed(exporting(tiny)),
      "narrow/config.json": JSON.stringify({ model_type: "tiny", width: 0 }),
    });
    await expect(findBackbone("narrow", root, { directory: root })).rejects.toMatchObject({
      code: "E_BACKBONE_UNKNOWN",
      message: `${join(root, "narrow", "config.json")}: expected the config.json of a model such as Tiny 1, got width: expected a width`,
    });
  });

  test.each([
    ["nothing", "export {};", "no default export"],
    ["no schema", exporting(tiny, "config: null"), "no schema config"],
    ["another version", exporting({ ...tiny, specVersion: "v9" }), 'specVersion "v9"'],
    ["no scorings", exporting({ ...tiny, scorings: 0 }), "no list scorings"],
  ])("and a package with %s is refused with what it lacks", async (_what, source, lacking) => {
    const root = directoryOf(installed(source));
    await expect(findBackbone("model", root, { directory: root })).rejects.toMatchObject({
      code: "E_FAMILY_INVALID",
      message: expect.stringContaining(lacking),
    });
  });
});
