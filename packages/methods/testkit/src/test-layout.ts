import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeLayoutFiles } from "@petl/backbone";
import { readSafetensors } from "@petl/checkpoint";
import type { PetlMethod } from "@petl/spec";
import type { tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { random } from "./exercise.js";
import { referenceBatch } from "./reference-batch.js";
import { largest, openTestDevice } from "./stage.js";
import { type TunedCheckpoint, tunedForLayout } from "./tuned-for-layout.js";

/** The directory of the checkpoint also holds the inputs, in `reference.safetensors`. */
export interface LayoutReference extends TunedCheckpoint {
  readonly layout: string;
  /** `NAME.json` (digests of the files that were read) and `NAME.safetensors` (logits), without their endings. */
  readonly file: string;
}

/** Compares a method's files in a layout with those that the layout's own library read, and the logits it got from them. */
export function testLayout<Config>(method: PetlMethod<Config>, reference: LayoutReference): void {
  const { layout, checkpoint, file } = reference;
  const about = JSON.parse(readFileSync(`${file}.json`, "utf8"));

  describe(`${method.name} in the layout ${layout}`, () => {
    beforeAll(async () => {
      await openTestDevice();
    });

    test("is written byte for byte as it was read by that library", async () => {
      const directory = mkdtempSync(join(tmpdir(), "petl-layout-"));
      try {
        const { files } = tunedForLayout(method, layout, reference);
        await writeLayoutFiles(directory, files);
        const names = [...Object.keys(files.tensors), ...Object.keys(files.json)];
        const digests = names.map((name) => [name, sha256(readFileSync(join(directory, name)))]);
        expect(Object.fromEntries(digests)).toEqual(about.sha256);
      } finally {
        rmSync(directory, { recursive: true });
      }
    });

    test("has the logits that library got from it", async () => {
      const { model } = tunedForLayout(method, layout, reference);
      const inputs = readSafetensors(join(checkpoint, "reference.safetensors"));
      const batch = referenceBatch(inputs, model.backbone);
      inputs.close();
      const logits = (await model.logits(batch.inputs, false, random).data()) as Float32Array;
      const read = readSafetensors(`${file}.safetensors`);
      const expected = read.read("logits");
      read.close();
      expect(logits).toHaveLength(expected.length);
      const difference = largest(logits.map((value, index) => value - expected[index]!));
      expect(difference / largest(expected)).toBeLessThan(1e-5);
    });

    test("holds every trained value once", async () => {
      const { model, files } = tunedForLayout(method, layout, reference);
      const sizes = (tensors: Readonly<Record<string, tf.Tensor>>): number =>
        Object.values(tensors).reduce((sum, { size }) => sum + size, 0);
      const written = Object.values(files.tensors).reduce((sum, tensors) => sum + sizes(tensors), 0);
      expect(written).toBe(sizes(model.trained));
    });
  });
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
