import { weightFormats } from "@petl/weight-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadDawn } from "../src/dawn/library.js";
import { shaderOf } from "../src/kernels/context.js";
import { matMulProgram } from "../src/kernels/mat-mul-program.js";
import { matrixUnitProgram, type UnitVariant, workgroupBytes } from "../src/kernels/matrix-unit-program.js";
import { unitTiles } from "../src/kernels/product-path.js";
import type { Program } from "../src/kernels/program.js";
import { knownUnits, unitName } from "./known-units.js";

const [off, on] = [false, true];
const layouts = [
  { transposeA: off, transposeB: off },
  { transposeA: off, transposeB: on },
  { transposeA: on, transposeB: off },
  { transposeA: on, transposeB: on },
] as const;

// Dawn's null backend compiles WGSL and runs nothing: it is there on any machine
const dawn = await loadDawn().catch((error: Error) => error);
if (dawn instanceof Error) console.warn(`skipped: ${dawn.message}`);

describe.skipIf(dawn instanceof Error)("programs of products in half precision, on Dawn's null backend", () => {
  let device: GPUDevice;
  beforeAll(async () => {
    if (dawn instanceof Error) throw dawn;
    const gpu = dawn.create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
    const adapter = await gpu.requestAdapter();
    const features = ["shader-f16", "subgroups", "chromium-experimental-subgroup-matrix", "subgroup-size-control"];
    device = await adapter!.requestDevice({ requiredFeatures: features as GPUFeatureName[] });
  });
  afterAll(() => device?.destroy());

  async function messagesOf(program: Program, withPipeline: boolean): Promise<string[]> {
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ code: shaderOf(program) });
    if (withPipeline) device.createComputePipeline({ layout: "auto", compute: { module } });
    const { messages } = await module.getCompilationInfo();
    const error = await device.popErrorScope();
    return [...messages.map(({ message }) => message), ...(error === null ? [] : [error.message])];
  }

  /** Valid as it is; and, where this backend has the workgroup memory, as a pipeline, with the size of subgroups said, of which it has many. */
  async function expectValid(variant: UnitVariant): Promise<boolean> {
    const program = matrixUnitProgram(variant);
    expect(await messagesOf(program, false), program.name).toEqual([]);
    const fits = workgroupBytes(variant) <= device.limits.maxComputeWorkgroupStorageSize;
    const pinned = matrixUnitProgram({ ...variant, unit: { ...variant.unit, pinned: true } });
    if (fits) expect(await messagesOf(pinned, true), program.name).toEqual([]);
    return fits;
  }

  describe.each(knownUnits.map((known) => ({ name: unitName(known), ...known })))("$name", ({ unit }) => {
    test.each([off, on])("every tile, layout and number of buffers compiles (split: %s)", async (split) => {
      let pipelines = 0;
      for (const tile of Object.values(unitTiles(unit, split)))
        for (const [index, layout] of layouts.entries())
          for (const buffers of [1, 2] as const) {
            const quads = { quadsA: (index + buffers) % 2 === 0, quadsB: index >= 2, whole: buffers === 1 };
            const bias = index === 1 ? { bias: true } : {};
            if (await expectValid({ unit, tile, split, buffers, ...layout, ...quads, ...bias })) pipelines++;
          }
      if (!split) expect(pipelines).toBeGreaterThan(0); // this backend has 16 KB of workgroup memory
    });

    test("weights of every format are decoded into its tiles", async () => {
      const tile = unitTiles(unit, off).small;
      for (const [index, format] of weightFormats.entries())
        for (const transposeB of [off, on]) {
          const stored = { format, wholeQuads: index % 2 === 0 };
          const sizes = {
            unit,
            tile,
            split: index % 3 === 0,
            buffers: 1,
            whole: on,
            quadsA: on,
            quadsB: stored.wholeQuads,
          } as const;
          await expectValid({ ...sizes, transposeA: off, transposeB, stored, bias: transposeB });
        }
    });
  });

  test("a result may be smaller than a unit where no tile is whole", async () => {
    const unit = { ...knownUnits[0]!.unit, pinned: true };
    const bind = async (whole: boolean): Promise<GPUError | null> => {
      const program = matrixUnitProgram({
        ...{ unit, tile: unitTiles(unit, off).high, split: off, buffers: 1, whole },
        ...{ transposeA: off, transposeB: off, quadsA: off, quadsB: off },
      });
      const module = device.createShaderModule({ code: shaderOf(program) });
      const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
      const storage = () => device.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE });
      const uniforms = device.createBuffer({ size: 32, usage: GPUBufferUsage.UNIFORM });
      device.pushErrorScope("validation");
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [storage(), storage(), storage(), uniforms].map((buffer, binding) => ({
          binding,
          resource: { buffer },
        })),
      });
      return device.popErrorScope();
    };
    expect(await bind(off)).toBeNull();
    expect((await bind(on))?.message).toMatch(/smaller than the minimum binding size/);
  });

  test("tiles of plain threads in half precision compile, in every size and layout", async () => {
    const sizes = [16, 64, 128] as const;
    for (const [index, tileRows] of sizes.entries())
      for (const layout of layouts) {
        const tile = { tileRows, tileColumns: sizes[(index + 1) % 3]! };
        const stored = layout.transposeA ? undefined : ({ format: "nf4", wholeQuads: true } as const);
        const program = matMulProgram({ ...tile, ...layout, stored, bias: !layout.transposeA, half: true });
        expect(await messagesOf(program, true), program.name).toEqual([]);
      }
  });

  test("a program that does not compile would be noticed", async () => {
    const program = matrixUnitProgram({
      ...{ unit: knownUnits[0]!.unit, tile: unitTiles(knownUnits[0]!.unit, off).small, split: off, buffers: 1 },
      ...{ transposeA: off, transposeB: off, quadsA: off, quadsB: off, whole: on },
    });
    expect(await messagesOf({ ...program, enables: ["f16", "subgroups"] }, false)).not.toEqual([]);
  });
});
