import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  CheckpointError,
  type LazyTensor,
  readSafetensors,
  type SafetensorsFile,
  writeSafetensorsLazily,
} from "@petl/checkpoint";
import { makeDirectory } from "@petl/files";
import { bestTensors, type ResumePoint, type TrainEvent, type TrainingState } from "@petl/trainer";
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
 * are; `events` are those said so far. Its last tensor is a checksum of all of it. @throws CheckpointError E_WRITE_FAILED, and the older state stays
 */
export async function writeRunState(
  file: string,
  identity: string,
  { step, best, unloggedLosses, lossScale, tensors, bestWeights }: TrainingState,
  events: readonly JournalEvent[],
): Promise<void> {
  const metadata = { identity, step: String(step), journal: packed({ events, best, unloggedLosses, lossScale }) };
  const checksum = new StateChecksum(metadata);
  const summed = (
    name: string,
    shape: readonly number[],
    valuesOf: () => Promise<Float32Array>,
  ): [string, LazyTensor] => {
    const read = async () => {
      const values = await valuesOf();
      checksum.add(name, shape, values);
      return values;
    };
    return [name, { shape, read }];
  };
  const lazy = [
    ...Object.entries(tensors).map(([name, tensor]) =>
      summed(name, tensor.shape, async () => (await tensor.data()) as Float32Array),
    ),
    ...Object.entries(bestTensors(bestWeights ?? {})).map(([name, { shape, values }]) =>
      summed(name, shape, async () => values),
    ),
  ];
  lazy.push([checksumTensor, { shape: [digestBytes], read: async () => checksum.values() }]); // written last, when all is added
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
  await writeSafetensorsLazily(file, Object.fromEntries(lazy), { metadata });
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
  if (!isWhole(stored)) {
    stored.close();
    return "its run state is damaged: its checksum is not that of its contents";
  }
  const { events, best, unloggedLosses, lossScale } = unpacked(metadata.journal!);
  const evaluations = events.flatMap((event) => (event.type === "evaluation" ? [event] : []));
  return {
    events,
    point: {
      ...{ step: Number(metadata.step), best, evaluations, unloggedLosses, lossScale },
      read: (name) => stored.read(name),
    },
    close: () => stored.close(),
  };
}

/** Name of the tensor that holds the checksum, a byte of it in each value. */
const checksumTensor = "sha256";
const digestBytes = 32;

/** SHA-256 of a state's metadata and of each tensor's name, shape and values, in the order of the file. */
class StateChecksum {
  readonly #hash = createHash("sha256");

  constructor({ identity, step, journal }: Readonly<Record<string, string>>) {
    this.#hash.update(JSON.stringify([identity, step, journal]));
  }

  add(name: string, shape: readonly number[], { buffer, byteOffset, byteLength }: Float32Array): void {
    this.#hash.update(`${JSON.stringify([name, shape])}\n`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }

  values(): Float32Array {
    return Float32Array.from(this.#hash.digest());
  }
}

function isWhole(stored: SafetensorsFile): boolean {
  try {
    const checksum = new StateChecksum(stored.metadata);
    for (const name of stored.names())
      if (name !== checksumTensor) checksum.add(name, stored.info(name).shape, stored.read(name));
    return checksum.values().join() === stored.read(checksumTensor).join();
  } catch (error) {
    if (error instanceof CheckpointError) return false; // such as a name or type that a flipped bit changed
    throw error;
  }
}

interface Journal extends Pick<ResumePoint, "best" | "unloggedLosses" | "lossScale"> {
  readonly events: readonly JournalEvent[];
}

/** A longer text is none that Node can hold. */
const mostJournalBytes = 2 ** 29 - 24;

/** As text for a header. */
function packed(journal: Journal): string {
  return gzipSync(JSON.stringify(journal)).toString("base64");
}

/** In JSON a prediction that is no valid answer, undefined, has become null. */
function unpacked(text: string): Journal {
  const { best, ...journal } = JSON.parse(
    gunzipSync(Buffer.from(text, "base64"), { maxOutputLength: mostJournalBytes }).toString(),
  ) as Journal;
  const predictions = best?.predictions.map((list) => list.map((each) => each ?? undefined));
  return { ...journal, best: best && { ...best, predictions: predictions ?? [] } };
}
