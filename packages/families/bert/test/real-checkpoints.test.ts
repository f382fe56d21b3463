import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBackbone, type Row } from "@petl/backbone";
import { readSafetensors, type TensorSource, type Tokenizer } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { seededRandom, type Tensor, tf, tidy, type Variable } from "@petl/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import family, { type Bert } from "../src/index.js";
import { passOf, relativeDifference } from "./reference.js";

const development = fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
/** Directories of real checkpoints, and what `scripts/real-checkpoints/reference.py` writes of each. */
const folders = {
  checkpoint: { variable: "PETL_MODELS", path: process.env.PETL_MODELS ?? join(development, "models") },
  reference: { variable: "PETL_REFERENCES", path: process.env.PETL_REFERENCES ?? join(development, "references") },
};

/** A folder there; says aloud that tests skip where it is absent. */
function found(kind: keyof typeof folders, name: string): string | undefined {
  const { variable, path } = folders[kind];
  const directory = resolve(path, name);
  if (existsSync(directory)) return directory;
  console.warn(`skipped: ${directory} is absent (${variable} names the folder of every ${kind})`);
  return undefined;
}

beforeAll(async () => {
  await cpu.open();
});

/** Their parameters, without the heads that files may hold. */
const checkpoints = { "minilm-l6": 22_713_216, "bert-base-uncased": 109_482_240 };
const classes = { kind: "classes", outputs: 3 } as const;

describe.each(Object.entries(checkpoints))("%s", (name, parameters) => {
  const directory = found("checkpoint", name);
  const reference = directory === undefined ? undefined : found("reference", name);
  let model: Bert;
  let tokenizer: Tokenizer;

  beforeAll(async () => {
    if (directory === undefined) return;
    const loaded = await loadBackbone(directory, family, { seed: 0 });
    [model, tokenizer] = [(loaded.model as Bert).withHead(classes, seededRandom(0)), loaded.tokenizer];
  }, 60_000);
  afterAll(() => model?.dispose());

  const rowOf = ([first, second]: readonly string[]): Row => {
    const { ids, segments } = tokenizer.encodePair(first!, second ?? null);
    return { source: ids, segments, answer: [] };
  };

  test.skipIf(directory === undefined)("loads with every parameter, and padding changes no bit of a state", () => {
    const encoder = Object.entries(model.params).filter(([param]) => !model.head.includes(param));
    expect(encoder.reduce((sum, [, { size }]) => sum + size, 0)).toBe(parameters);
    const rows = [["A man is playing a guitar."], ["The market fell today.", "Investors lost a great deal of money."]];
    const stateOf = (texts: string[][]): number[] =>
      tidy(() => [...model.forward(model.pad(texts.map(rowOf)), passOf(model)).hidden.dataSync()]);
    expect(stateOf(rows)).toEqual(rows.flatMap((texts) => stateOf([texts])));
  });

  test.skipIf(reference === undefined)(
    "reads the tokens and computes the states and logits that transformers does",
    () => {
      const { rows, expected } = readStates(reference!);
      (model.param("classifier.weight") as Variable).assign(tensorOf(expected, "classifier.weight"));
      const layers = ["encoder.embedding.norm", "encoder.0", "encoder.1", "encoder.2"];
      const differences: Record<string, number> = {};
      let token = 0;
      for (let begin = 0; begin < rowsCompared; begin += batch) {
        const own = rows.slice(begin, begin + batch);
        expect(own.map(({ texts }) => rowOf(texts))).toEqual(own.map(({ row }) => row));
        const tokens = own.reduce((sum, { row }) => sum + row.source.length, 0);
        const compare = (what: string, ours: Tensor, theirs: Float32Array): void => {
          expect(ours.size, what).toBe(theirs.length);
          differences[what] = Math.max(differences[what] ?? 0, relativeDifference(ours.dataSync(), theirs));
        };
        tidy(() => {
          const pass = passOf(model, [...layers, model.lastBlock, "pooler"]);
          const logits = model.readout(model.forward(model.pad(own.map(({ row }) => row)), pass), pass);
          const recorded = (site: string): Tensor => pass.recorded.get(site)!.hidden;
          compare(
            "last state",
            realTokens(recorded(model.lastBlock), own),
            part(expected, "lastHidden", token, tokens),
          );
          compare("pooled", tf.tanh(recorded("pooler")), part(expected, "pooled", begin, own.length));
          compare("logits", logits, part(expected, "logits", begin, own.length));
          if (begin === 0)
            for (const [layer, site] of layers.entries())
              compare(site, realTokens(recorded(site), own.slice(0, 4)), expected.read(`layer.${layer}`));
          pass.dispose();
        });
        token += tokens;
      }
      console.log(`${name}: largest differences, relative to the largest value: ${JSON.stringify(differences)}`);
      for (const [what, difference] of Object.entries(differences)) expect(difference, what).toBeLessThan(1e-4);
    },
    180_000,
  );
});

/** Rows of a batch in the reference, and how many rows are compared here. */
const [batch, rowsCompared] = [20, 20];

interface ReferenceRow {
  readonly texts: readonly string[];
  readonly row: Row;
}

/** The rows whose states a reference holds, in order, and the states. */
function readStates(directory: string): { readonly rows: readonly ReferenceRow[]; readonly expected: TensorSource } {
  type Key = { readonly task: string; readonly index: number };
  const json = (name: string) => JSON.parse(readFileSync(join(directory, name), "utf8"));
  const key = ({ task, index }: Key): string => `${task} ${index}`;
  const tokens = json("tokens.json") as {
    rows: (Key & { readonly texts: string[]; readonly ids: number[]; readonly typeIds: number[] })[];
  };
  const byKey = new Map(tokens.rows.map((row) => [key(row), row]));
  const states = json("states.json") as { readonly batch: number; readonly rows: readonly Key[] };
  expect(states.batch).toBe(batch);
  const rows = states.rows.map((each) => {
    const { texts, ids, typeIds } = byKey.get(key(each))!;
    return { texts, row: { source: ids, segments: typeIds, answer: [] } };
  });
  return { rows, expected: readSafetensors(join(directory, "states.safetensors")) };
}

const tensorOf = (source: TensorSource, name: string): Tensor =>
  tf.tensor(source.read(name), [...source.info(name).shape]);

/** Some rows of a stored tensor (rows, width), row-major. */
function part(source: TensorSource, name: string, begin: number, rows: number): Float32Array {
  const width = source.info(name).shape[1]!;
  return source.read(name).subarray(begin * width, (begin + rows) * width);
}

/** The states of the first rows' real tokens, one row after the other: (rows, tokens, width) -> (sum of tokens, width). */
function realTokens(states: Tensor, rows: readonly ReferenceRow[]): Tensor {
  const each = rows.map(({ row }, index) => tf.slice(states, [index, 0, 0], [1, row.source.length, -1]));
  return tf.squeeze(tf.concat(each, 1), [0]);
}
