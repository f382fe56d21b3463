import { BackboneError, type Family, namesOf } from "@petl/backbone";
import { loadTokenizer } from "@petl/checkpoint";
import { liveBytes, seededRandom } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { difference } from "./exercise.js";
import {
  answersByToken,
  copiedBlocks,
  logitsAfterPrefill,
  logitsInBatch,
  logitsOneByOne,
  outputLayerLogits,
  readOutOfWholeRows,
  recordedShapes,
  reloaded,
} from "./family-exercise.js";
import { largest, openTestDevice, type Stage, stages, testBackbone, valuesOf } from "./stage.js";

const linearShape = ([input, output]: readonly [number, number]): readonly number[] => [output, input];

/** The conformance suite of a model family: what training, evaluation and methods rely on, on its tiny geometry. */
export function testFamily<Config>(family: Family<Config>): void {
  describe(`the family ${family.name}`, () => {
    beforeAll(async () => {
      await openTestDevice();
    });

    test("names its contract, its model types, and how its models answer", () => {
      expect(family.specVersion).toBe("v1");
      expect(family.name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(family.modelTypes).toContain(family.configFields(family.testConfig).model_type);
      expect(family.scorings.length).toBeGreaterThan(0);
      for (const repository of Object.values(family.published)) expect(repository).toMatch(/^[\w.-]+\/[\w.-]+$/);
      expect(new Set(namesOf(family)).size).toBe(namesOf(family).length);
    });

    test("reads back the fields of config.json that it writes, for every geometry", () => {
      for (const config of [family.testConfig, ...Object.values(family.geometries)]) {
        const fields = JSON.parse(JSON.stringify(family.configFields(config)));
        expect(family.config.parse(fields)).toEqual(config);
      }
    });

    test("has a tokenizer for random backbones, and says in what another geometry does not fit it", () => {
      const tokenizer = loadTokenizer(family.tokenizerDirectory);
      const fitting = Object.values(family.geometries).filter((config) => family.misfit(config, tokenizer) === null);
      expect(fitting.length).toBeGreaterThan(0);
      const tooSmall = [expect.any(String), `${tokenizer.vocabularySize}`];
      expect(family.misfit(family.testConfig, tokenizer)).toEqual(tooSmall);
    });

    test("gives every tensor one owner, a name in files, and the shape that its site's width asks for", () => {
      const backbone = testBackbone(family);
      const shapes = family.shapes(family.testConfig);
      expect([...shapes.keys()].sort()).toEqual(Object.keys(backbone.params).sort());
      const { names } = family.stored(family.testConfig, new Set(backbone.publishedNames.values()));
      expect([...names].sort()).toEqual([...backbone.publishedNames].sort());
      expect([...names.keys()].sort()).toEqual([...shapes.keys()].sort());
      expect(backbone.sites.flatMap(({ params }) => params).sort()).toEqual([...shapes.keys()].sort());
      for (const [name, shape] of shapes) expect(backbone.param(name).shape, name).toEqual(shape);
      for (const { name, kind, width, params } of backbone.sites.filter((site) => site.params.length > 0)) {
        if (kind === "linear") expect(shapes.get(params[0]!), name).toEqual(linearShape(width));
        for (const bias of params.filter((param) => param.endsWith(".bias")))
          expect(shapes.get(bias)).toEqual([width[1]]);
      }
      expect(() => backbone.param("nothing.weight")).toThrow("nothing.weight");
      backbone.dispose();
    });

    test.runIf(family.scorings.every(({ scoring }) => scoring !== "head"))("refuses a head, which it has not", () => {
      const backbone = testBackbone(family);
      const head = () => backbone.withHead({ kind: "classes", outputs: 2 }, seededRandom(0));
      expect(head).toThrow(BackboneError);
      expect(head).toThrow(/expected .+, got .+/);
      backbone.dispose();
    });

    test("is the same backbone after it was saved and loaded, and leaves no live byte behind", async () => {
      const bytes = liveBytes().total;
      const backbone = testBackbone(family);
      const again = await reloaded(family, backbone);
      expect(await valuesOf(again.params)).toEqual(await valuesOf(backbone.params));
      for (const each of [backbone, again]) each.dispose();
      expect(liveBytes().total).toBe(bytes);
    });

    describe.each(stages.filter((stage) => stage.family.name === family.name))("$title:", (stage) => testStage(stage));
  });
}

function testStage(stage: Stage): void {
  const { family, head } = stage;
  const fresh = () => testBackbone(family, head);
  const canBeCopied = family.build(family.name, family.testConfig, {}).narrow !== undefined;

  test("runs every site once, in the published order, with the published shape", async () => {
    const backbone = fresh();
    for (const at of ["tokens", "positions", "positions-with-mean"] as const) {
      const { recorded, published } = await recordedShapes(backbone, at);
      expect(recorded).toEqual(published);
    }
    backbone.dispose();
  });

  test("publishes blocks by stack and layer, and what reads the last of them out comes after it", () => {
    const backbone = fresh();
    const { sites, readoutSites } = backbone;
    const blocks = sites.filter(({ kind }) => kind === "block");
    const stacks = new Set(blocks.map(({ name }) => name.split(".")[0]!));
    expect([...stacks].join("-")).toBe(backbone.kind);
    for (const { name, layer } of blocks) expect(name.split(".")[1]).toBe(`${layer}`);
    expect(blocks.at(-1)!.name).toBe(backbone.lastBlock);
    expect(new Set(sites.map(({ name }) => name)).size).toBe(sites.length);
    expect(sites.slice(-readoutSites.length).map(({ name }) => name)).toEqual(readoutSites);
    expect(backbone.headTask).toEqual(head);
    backbone.dispose();
  });

  test("answers a row the same alone and in a batch with longer ones", async () => {
    const backbone = fresh();
    const [batched, alone] = [await logitsInBatch(backbone), await logitsOneByOne(backbone)];
    expect(difference(batched, alone) / largest(alone)).toBeLessThan(1e-5);
    backbone.dispose();
  });

  test("answers after a prefill as after a whole pass", async () => {
    const backbone = fresh();
    const [whole, after] = [await logitsInBatch(backbone), await logitsAfterPrefill(backbone)];
    if (backbone.prefillIsExact) expect(after).toEqual(whole);
    else expect(difference(after, whole) / largest(whole)).toBeLessThan(1e-5);
    backbone.dispose();
  });

  test.runIf(head === null)("goes on token by token as it reads a whole answer", async () => {
    const backbone = fresh();
    const { byToken, whole } = await answersByToken(backbone);
    expect(difference(byToken, whole) / largest(whole)).toBeLessThan(1e-5);
    backbone.dispose();
  });

  test("reads out of a recording of whole rows what it reads out itself", async () => {
    const backbone = fresh();
    const { expected, byPass, byInputs } = await readOutOfWholeRows(backbone);
    expect(byPass).toEqual(expected);
    expect(byInputs).toEqual(expected);
    backbone.dispose();
  });

  test("ends in its output layer, if it has one", async () => {
    const backbone = fresh();
    if (backbone.outputLayer) {
      const { expected, found } = await outputLayerLogits(backbone);
      expect(found).toEqual(expected);
    }
    backbone.dispose();
  });

  test.runIf(canBeCopied)("has narrow copies of its blocks that are its blocks where nothing is cut away", async () => {
    const backbone = fresh();
    const { expected, found } = await copiedBlocks(backbone);
    expect(found).toEqual(expected);
    backbone.dispose();
  });

  test("leaves no live byte behind that it has computed", async () => {
    const backbone = fresh();
    const bytes = liveBytes().total;
    await logitsInBatch(backbone);
    await logitsAfterPrefill(backbone);
    if (head === null) await answersByToken(backbone);
    expect(liveBytes().total).toBe(bytes);
    backbone.dispose();
  });

  test.runIf(head !== null)("shares all tensors but the head's with the backbone that got it", () => {
    const plain = testBackbone(family);
    const headed = plain.withHead(head!, seededRandom(0));
    expect(headed.head.length).toBeGreaterThan(0);
    for (const [name, tensor] of Object.entries(headed.params)) {
      if (headed.head.includes(name)) expect(plain.params[name], name).toBeUndefined();
      else expect(plain.params[name], name).toBe(tensor);
    }
    expect(headed.sites.flatMap(({ params }) => params).sort()).toEqual(Object.keys(headed.params).sort());
    headed.dispose();
  });
}
