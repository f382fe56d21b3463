import { findTask } from "@petl/glue";
import type { RunRecord } from "@petl/results";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { syntheticRecord } from "../../../results/test/record-factory.js";
import { type CardSubject, modelCard } from "../../src/saved/model-card.js";

const point = { step: 8, epoch: 1, score: 71.25, loss: null, metrics: { accuracy: 0.7125 }, notices: [] };
const interval = { low: 64.5, high: 77, level: 0.95, resamples: 1000 };

const data: RunRecord["data"] = {
  ...{ source: "glue", directory: "/home/someone/glue", trainExamples: 1024, evalExamples: 256, testExamples: 872 },
  files: [{ name: "train.tsv", rows: 67_349, officialRows: 67_349, droppedRows: 0, sha256: "ab".repeat(32) }],
  notices: ["at most 1,024 training examples"],
};

function tuned(): RunRecord {
  const record = syntheticRecord({ data });
  record.run.settings.protocol = "tuned";
  record.run.chosen = { trial: 2, of: 8, learningRate: 0.001, validationScore: 70, edge: null };
  record.scores!.test = { ...point, interval, split: "dev", examples: 872, wallTimeS: 1 };
  record.scores!.constant = { answer: "positive", score: 50.9 };
  return record;
}

const subject = (changes: Partial<CardSubject> = {}): CardSubject => ({
  ...{ method: "alpha", task: findTask("sst2"), backbone: "hf:org/model", library: "transformers", use: "Use it so." },
  ...{ record: tuned(), ...changes },
});

function parts(card: string): { front: Record<string, unknown>; body: string } {
  const [, front = "", body = ""] = /^---\n([\s\S]*?)\n---\n\n([\s\S]*)$/.exec(card) ?? [];
  return { front: parse(front), body };
}

test("the front matter names backbone, library, data and the reported score's metrics", () => {
  expect(parts(modelCard(subject())).front).toEqual({
    ...{ base_model: "org/model", library_name: "transformers", license: "unknown" },
    ...{ tags: ["petl-bench", "alpha"], datasets: ["glue"], metrics: ["accuracy"] },
    "model-index": [
      {
        name: expect.stringContaining("alpha on "),
        results: [
          {
            task: { type: "text-classification" },
            dataset: { name: expect.any(String), type: "glue", split: "dev" },
            metrics: [{ type: "accuracy", value: 0.7125 }],
          },
        ],
      },
    ],
  });
});

test("the text tells score, rows, protocol and costs as the record has them, and what is not known", () => {
  const { body } = parts(modelCard(subject()));
  for (const fact of [
    "71.3 of 100 (95 % interval over the examples: 64.5 to 77.0), on 872 examples of dev",
    "the same answer to every example scores 50.9",
    "1,024 training examples of GLUE",
    "train.tsv (67,349 rows, SHA-256 abababababab...)",
    "chosen on held-out training examples",
    "chosen from 8 trials",
    "10 trainable parameters of 1,000",
    "energy of training: not measured",
    "at most 1,024 training examples",
    "licences of the backbone and of the data are not recorded",
  ])
    expect(body).toContain(fact);
  expect(body).not.toMatch(/peak tensor memory|training time|too high/); // not in this record
});

test("a score on examples that chose the model says so, and the built-in sample is never called GLUE", () => {
  const record = syntheticRecord({ data: { ...data!, source: "sample" } });
  record.run.settings.protocol = "dev";
  const { front, body } = parts(modelCard(subject({ record })));
  expect(body).toContain("too high to be one on new ones");
  expect(body).toContain("built-in sample, which is not GLUE");
  expect(front).not.toHaveProperty("datasets");
  expect(JSON.stringify(front)).toContain("built-in sample, not GLUE");
});

test("a card holds no path of the machine, and no figures where there is no record", () => {
  const local = modelCard(subject({ backbone: "/home/someone/models/minilm" }));
  expect(local).not.toMatch(/home|someone/);
  expect(parts(local).front).not.toHaveProperty("base_model");
  const { front, body } = parts(modelCard(subject({ record: null })));
  expect(Object.keys(front)).toEqual(["base_model", "library_name", "license", "tags"]);
  expect(body).toContain("it has no figures");
  expect(body).not.toContain("## Score");
});
