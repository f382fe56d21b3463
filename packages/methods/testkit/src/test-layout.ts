import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type HeadTask, writeLayoutFiles } from "@petl/backbone";
import { readSafetensors } from "@petl/checkpoint";
import type { PetlMethod } from "@petl/spec";
import { ignoredLabel, type tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { random } from "./exercise.js";
import { testFamilies } from "./families.js";
import { referenceBatch } from "./reference-batch.js";
import { largest, openTestDevice } from "./stage.js";
import { tunedForLayout } from "./tuned-for-layout.js";

/** What a layout's own library read, one of a fixture's list. */
interface ReadBack {
  /** Of the logits in the fixture's tensors. */
  readonly name: string;
  readonly family: string;
  /** Directory of the checkpoint that was tuned, with its inputs in `reference.safetensors`, as seen from the fixture. */
  readonly checkpoint: string;
  readonly head: HeadTask | null;
  /** Of the method, as a user would write them. */
  readonly settings: unknown;
  /** Of the method's files. */
  readonly sha256: Readonly<Record<string, string>>;
}

/**
 * Compares a method's files in a layout with those that the layout's own library read, and the logits it got from them.
 * `file` is `NAME.json` (a list of `ReadBack`) and `NAME.safetensors` (logits), without their endings.
 */
export function testLayout<Config>(method: PetlMethod<Config>, layout: string, file: string): void {
  const { checkpoints } = JSON.parse(readFileSync(`${file}.json`, "utf8")) as { checkpoints: readonly ReadBack[] };

  describe.each(checkpoints)(
    `${method.name} on $name in the layout ${layout}`,
    ({ name, family, sha256, ...tuned }) => {
      const checkpoint = join(dirname(file), tuned.checkpoint);
      const written = () => {
        const found = testFamilies.find((each) => each.name === family)!;
        return tunedForLayout(method, layout, {
          family: found,
          checkpoint,
          head: tuned.head,
          settings: tuned.settings,
        });
      };

      beforeAll(async () => {
        await openTestDevice();
      });

      test("is written byte for byte as it was read by that library", async () => {
        const directory = mkdtempSync(join(tmpdir(), "petl-layout-"));
        try {
          const { files } = written();
          await writeLayoutFiles(directory, files);
          const names = [files.tensors, files.json, files.text ?? {}].flatMap(Object.keys);
          const digests = names.map((each) => [each, digestOf(readFileSync(join(directory, each)))]);
          expect(Object.fromEntries(digests)).toEqual(sha256);
        } finally {
          rmSync(directory, { recursive: true });
        }
      });

      test("has the logits that library got from it", async () => {
        const { model } = written();
        const inputs = readSafetensors(join(checkpoint, "reference.safetensors"));
        const batch = referenceBatch(inputs, model.backbone);
        inputs.close();
        const logits = (await model.logits(batch.inputs, false, random).data()) as Float32Array;
        const reference = readSafetensors(`${file}.safetensors`);
        const expected = reference.read(`${name}.logits`);
        reference.close();
        expect(logits).toHaveLength(expected.length);
        const labels = await batch.labels.data();
        const outputs = model.backbone.sites.at(-1)!.width[1];
        const isPadding = (index: number): boolean =>
          tuned.head === null && labels[Math.floor(index / outputs)] === ignoredLabel;
        const differences = logits.map((value, index) => (isPadding(index) ? 0 : value - expected[index]!));
        expect(largest(differences) / largest(expected)).toBeLessThan(1e-5);
      });

      test("holds every trained value and every added one once", () => {
        const { model, files } = written();
        const sizes = (tensors: Readonly<Record<string, tf.Tensor>>): number =>
          Object.values(tensors).reduce((sum, { size }) => sum + size, 0);
        const size = Object.values(files.tensors).reduce((sum, tensors) => sum + sizes(tensors), 0);
        expect(size).toBe(sizes(model.tuned));
      });
    },
  );
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
