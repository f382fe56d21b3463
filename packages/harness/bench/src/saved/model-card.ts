import { basename } from "node:path";
import type { RunRecord } from "@petl/results";
import type { Task } from "@petl/task";
import { stringify } from "yaml";
import { costLines, limitLines, scoreLines, trainingLines } from "./card-lines.js";
import { scoredOn } from "./scored-on.js";

/** The file that the hub shows of a model. */
export const cardFile = "README.md";

/** What a card is about. */
export interface CardSubject {
  readonly method: string;
  readonly task: Task;
  /** As asked for: a name, a path, or `hf:ORG/REPO`. */
  readonly backbone: string;
  /** Library that loads the files. */
  readonly library: string;
  /** How they are loaded, a sentence in Markdown. */
  readonly use: string;
  /** Of the run that trained it; null: it is not there, so the card has no figures. */
  readonly record: RunRecord | null;
}

/** A model card as the Hugging Face hub reads it: front matter in YAML, then Markdown. It says nothing that the record does not. */
export function modelCard(subject: CardSubject): string {
  const { method, task, backbone, use, record } = subject;
  const title = `${method} on ${task.title}`;
  const body = [
    `# ${title}`,
    `${shownBackbone(backbone)}, tuned with \`${method}\` on ${task.title} by [petl-bench](https://github.com/petl-bench/petl-bench). ${use}`,
    ...(record === null
      ? ["The record of the run that trained it was not there when this card was written, so it has no figures."]
      : [
          section("Score", scoreLines(record)),
          section("Training", trainingLines(record)),
          section("What it cost", costLines(record)),
        ]),
    section("Limits", limitLines(record)),
  ];
  return `---\n${stringify(frontMatter(subject, title), { lineWidth: 0 })}---\n\n${body.join("\n\n")}\n`;
}

/** What the hub sorts models by. */
function frontMatter({ method, task, backbone, library, record }: CardSubject, title: string): object {
  const hub = hubName(backbone);
  const dataset = record?.data?.source === "glue" ? ["glue"] : [];
  const scored = record === null ? null : scoredOn(record);
  return {
    ...(hub !== null && { base_model: hub }),
    library_name: library,
    license: "unknown",
    tags: ["petl-bench", method],
    ...(dataset.length > 0 && { datasets: dataset }),
    ...(scored !== null && { metrics: Object.keys(scored.metrics) }),
    ...(scored !== null && { "model-index": [{ name: title, results: [result(task, scored, record!)] }] }),
  };
}

function result(task: Task, { split, metrics }: NonNullable<ReturnType<typeof scoredOn>>, record: RunRecord): object {
  const isClass = task.target.kind === "class";
  return {
    task: { type: isClass || task.target.kind === "score" ? "text-classification" : "text2text-generation" },
    dataset: {
      name: record.data?.source === "sample" ? `${task.title} (built-in sample, not GLUE)` : task.title,
      type: record.data?.source === "glue" ? "glue" : task.name,
      split,
    },
    metrics: Object.entries(metrics).map(([type, value]) => ({ type, value })),
  };
}

const section = (heading: string, lines: readonly string[]): string =>
  `## ${heading}\n\n${lines.map((line) => `- ${line}`).join("\n")}`;

/** `ORG/REPO` of a model of the hub; null for others, which the hub has no page of. */
const hubName = (backbone: string): string | null => /^hf:([\w.-]+\/[\w.-]+)/.exec(backbone)?.[1] ?? null;

/** Where a backbone is on a machine is nobody's business. */
const shownBackbone = (backbone: string): string => `\`${hubName(backbone) ?? basename(backbone)}\``;
