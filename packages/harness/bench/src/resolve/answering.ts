import type { BackboneModel, Family, LoadedBackbone, Scoring } from "@petl/backbone";
import type { RunOptions, TrainingValues } from "@petl/settings";
import { findAnyFormat, type Task } from "@petl/task";
import { seededRandom } from "@petl/tensor";
import { type Encoding, headStartOf, headTaskOf, type TrainSettings } from "@petl/trainer";
import { BenchError } from "../errors.js";

/** How a run answers, `auto` resolved. */
export interface Answered {
  readonly scoring: Scoring;
  readonly textFormat: RunOptions["textFormat"];
}

/**
 * What `auto` means for a family: its first scoring, and the format that it has for a scoring.
 *
 * @throws BenchError E_SUITE_INVALID for a scoring that the family does not have, or a format that writes no answers where text answers
 */
export function answeredBy(
  { name, models, scorings }: Family,
  { scoring, textFormat }: Pick<TrainingValues, "scoring"> & Pick<RunOptions, "textFormat">,
): Answered {
  const found = scoring === "auto" ? scorings[0] : scorings.find((each) => each.scoring === scoring);
  if (found === undefined)
    throw new BenchError(
      "E_SUITE_INVALID",
      `scoring ${scoring}: expected one that the family ${name} (${models}) has: ${scorings.map((each) => each.scoring).join(", ")}`,
    );
  const format = findAnyFormat(textFormat === "auto" ? found.format : textFormat);
  if (found.scoring !== "head" && format.kind !== "text")
    throw new BenchError(
      "E_SUITE_INVALID",
      `textFormat ${format.name}: expected one that writes answers as text for scoring ${found.scoring}, got one for a head; leave it out`,
    );
  return { scoring: found.scoring, textFormat: format.name };
}

/** The scoring of settings that a plan resolved. */
export function scoringOf({ scoring }: Pick<TrainSettings, "scoring">): Scoring {
  if (scoring !== "auto") return scoring;
  throw new Error("scoring auto: expected a plan to have resolved it");
}

/**
 * The model with what answers a task: a head of its own where a head answers, else itself. With the `labels` that it will be trained on,
 * a fresh head begins with their constant answer.
 * @throws BenchError E_SUITE_INVALID where text is to answer and the checkpoint has nothing to write it with
 */
export function answeringModel(
  model: BackboneModel,
  task: Task,
  settings: TrainSettings,
  labels?: readonly number[],
): BackboneModel {
  const scoring = scoringOf(settings);
  const random = seededRandom(settings.seed).fork("head");
  if (scoring === "head") return model.withHead(headTaskOf(task), random, labels && headStartOf(task, labels));
  const lacking = model.sites
    .filter(({ name }) => model.readoutSites.includes(name))
    .flatMap(({ params }) => params)
    .find((param) => model.params[param] === undefined);
  if (lacking === undefined) return model;
  throw new BenchError(
    "E_SUITE_INVALID",
    `scoring ${scoring}: expected a checkpoint with ${model.publishedNames.get(lacking) ?? lacking}, got ${model.name} without it (saved for classification); use --scoring head`,
  );
}

/** How examples become rows of a backbone. */
export function encodingOf(
  { model, tokenizer }: Pick<LoadedBackbone, "model" | "tokenizer">,
  settings: TrainSettings,
  format: RunOptions["textFormat"],
): Encoding {
  const { maxLength, maxTargetLength } = settings;
  return { kind: model.kind, tokenizer, scoring: scoringOf(settings), format, maxLength, maxTargetLength };
}
