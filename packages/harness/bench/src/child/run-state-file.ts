import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { CheckpointError, readSafetensors, type SafetensorsFile, writeSafetensorsLazily } from "@petl/checkpoint";
import { makeDirectory } from "@petl/files";
import type { BestEvaluation, ResumePoint, TrainEvent, TrainingState } from "@petl/trainer";
import type { ChildEvent } from "./protocol.js";

/** What a run says of its training, its interruptions included. */
export type JournalEvent = TrainEvent | Extract<ChildEvent, { type: "resumed" }>;

/** An interrupted run: where to go on, and all that its earlier processes said. */
export interface StoredRun {
  readonly events: readonly JournalEvent[];
  readonly point: ResumePoint;
  /** Closes the file; the values cannot be read afterwards. */
  close(): void;
}

/**
 * Writes a run's state whole or not at all, one tensor at a time. `identity` is of everything that makes the bits what they
 * are; `events` are those said so far. @throws CheckpointError E_WRITE_FAILED, and the older state stays
 */
export async function writeRunState(
  file: string,
  identity: string,
  { step, best, tensors }: TrainingState,
  events: readonly JournalEvent[],
): Promise<void> {
  const journal = packed({ events, best });
  const lazy = Object.entries(tensors).map(
    ([name, tensor]) =>
      [name, { shape: tensor.shape, read: async () => (await tensor.data()) as Float32Array }] as const,
  );
  try {
    makeDirectory(dirname(file));
  } catch (cause) {
    const got = (cause as Error).message;
    throw new CheckpointError("E_WRITE_FAILED", {
      file,
      expected: "to write it",
      got,
      remedy: "free some space",
      cause,
    });
  }
  await writeSafetensorsLazily(file, Object.fromEntries(lazy), { metadata: { identity, step: String(step), journal } });
}

/** Opens a run's state; null where there is none, words where there is one that must not be gone on with. */
export function openRunState(file: string, identity: string): StoredRun | string | null {
  if (!existsSync(file)) return null;
  let stored: SafetensorsFile;
  try {
    stored = readSafetensors(file);
  } catch (error) {
    return `its run state cannot be read (${(error as Error).message})`;
  }
  const { metadata } = stored;
  if (metadata.identity !== identity) {
    stored.close();
    return "its run state was made by other code, or on another device or version of Node";
  }
  const { events, best } = unpacked(metadata.journal!);
  const evaluations = events.flatMap((event) => (event.type === "evaluation" ? [event] : []));
  return {
    events,
    point: { step: Number(metadata.step), best, evaluations, read: (name) => stored.read(name) },
    close: () => stored.close(),
  };
}

interface Journal {
  readonly events: readonly JournalEvent[];
  readonly best: BestEvaluation | null;
}

/** A longer text is none that Node can hold. */
const mostJournalBytes = 2 ** 29 - 24;

/** As text for a header. */
function packed(journal: Journal): string {
  return gzipSync(JSON.stringify(journal)).toString("base64");
}

/** In JSON a prediction that is no valid answer, undefined, has become null. */
function unpacked(text: string): Journal {
  const { events, best } = JSON.parse(
    gunzipSync(Buffer.from(text, "base64"), { maxOutputLength: mostJournalBytes }).toString(),
  ) as Journal;
  const predictions = best?.predictions.map((list) => list.map((each) => each ?? undefined));
  return { events, best: best && { ...best, predictions: predictions ?? [] } };
}
