import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { writeWholeSync } from "@petl/files";
import { ResultsError, type RunRecord, readRecord, recordPath } from "@petl/results";
import { cardFile, modelCard } from "./model-card.js";
import { type SavedModel, savedTask } from "./saved-model.js";

/** Who loads what a card is about. */
export interface CardUse {
  readonly method: string;
  readonly library: string;
  readonly use: string;
}

/** Writes the card of a model to a folder. @throws the file system's error */
export function writeCard(to: string, saved: SavedModel, record: RunRecord | null, how: CardUse): void {
  const text = modelCard({ ...how, task: savedTask(saved), backbone: saved.backbone.reference, record });
  writeWholeSync(join(to, cardFile), text);
}

/** The record of the run that saved a model, which stands in `<out>/runs` beside `<out>/models`; null where it is not there or not whole. */
export async function recordOfModel(directory: string): Promise<RunRecord | null> {
  const model = resolve(directory);
  try {
    const file = recordPath(dirname(dirname(model)), basename(model));
    return existsSync(file) ? await readRecord(file) : null;
  } catch (error) {
    if (error instanceof ResultsError) return null;
    throw error;
  }
}
