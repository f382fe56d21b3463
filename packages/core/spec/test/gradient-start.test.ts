import { describe, expect, test } from "vitest";
import { backwardDepth, gradientStart, type Site } from "../src/index.js";

const site = (name: string, kind: Site["kind"], params: string[] = []): Site => ({
  name,
  kind,
  layer: 0,
  width: [4, 4],
  params,
});
const sites = [
  site("encoder.embedding", "embedding", ["table"]),
  site("encoder.0.norm", "norm", ["encoder.0.norm.weight"]),
  site("encoder.0", "block"),
  site("decoder.0.norm", "norm", ["decoder.0.norm.weight"]),
  site("decoder.0", "block"),
  site("decoder.norm", "norm", ["decoder.norm.weight"]),
  site("lmHead", "linear", ["lmHead.weight"]),
];
const readoutSites = ["decoder.norm", "lmHead"];
const start = (hooks: string[], unfrozen: string[] = [], readout = readoutSites): number =>
  gradientStart(
    { sites, readoutSites: readout },
    { hooks: new Map(hooks.map((name) => [name, (output) => output])), unfrozen },
  );

describe("a step differentiates", () => {
  test("nothing of the backbone where nothing in its path is touched", () => {
    expect(start([])).toBe(sites.length);
    expect(backwardDepth({ sites }, start([]))).toEqual({ layers: 2, backwardLayers: 0 });
  });

  test("from the first hook or unfrozen tensor on, whichever finishes first", () => {
    expect(start(["decoder.0"], ["encoder.0.norm.weight"])).toBe(1);
    expect(start(["encoder.embedding"], ["decoder.0.norm.weight"])).toBe(0);
  });

  test("the readout always, so that neither of its sites moves the start", () => {
    expect(start(["decoder.norm", "lmHead"], ["decoder.norm.weight", "lmHead.weight"])).toBe(sites.length);
  });

  test("what the backbone calls its readout, whatever the names: another list moves the start", () => {
    expect(start(["decoder.norm"], [], ["lmHead"])).toBe(5);
    expect(start(["lmHead"], [], [])).toBe(6);
    expect(start([], ["decoder.0.norm.weight"], [...readoutSites, "decoder.0.norm"])).toBe(sites.length);
  });

  test("the blocks after one whose output is hooked, and the one around a hook", () => {
    expect(backwardDepth({ sites }, start(["encoder.0"]))).toEqual({ layers: 2, backwardLayers: 1 });
    expect(backwardDepth({ sites }, start(["decoder.0"]))).toEqual({ layers: 2, backwardLayers: 0 });
    expect(backwardDepth({ sites }, start(["decoder.0.norm"]))).toEqual({ layers: 2, backwardLayers: 1 });
  });
});
