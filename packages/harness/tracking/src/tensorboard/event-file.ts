import { closeSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "@petl/files";
import type { Scalar } from "../scalars.js";
import { framed } from "./framed.js";
import { scalarEvent, textEvent, versionEvent } from "./messages.js";

/** What TensorBoard finds an event file by, and ours among others. */
const isOurs = (name: string): boolean => /^events\.out\.tfevents\.\d+\.petl-bench$/.test(name);

/** An event file that grows. Events stand in it as soon as they are written. */
export class EventFile {
  readonly #descriptor: number;

  /** Begins the file of a run in a folder; ours of an earlier attempt is removed. @throws the file system's error */
  constructor(
    folder: string,
    /** Seconds since the Unix epoch. */
    readonly nowS: () => number,
  ) {
    makeDirectory(folder);
    for (const name of readdirSync(folder)) if (isOurs(name)) rmSync(join(folder, name));
    const name = `events.out.tfevents.${String(Math.floor(nowS())).padStart(10, "0")}.petl-bench`;
    this.#descriptor = openSync(join(folder, name), "wx");
    this.#write(versionEvent(nowS()));
  }

  /** Adds numbers of one step each. */
  scalars(scalars: readonly Scalar[]): void {
    for (const [step, same] of groupedByStep(scalars)) this.#write(scalarEvent(this.nowS(), step, same));
  }

  /** Adds a text in Markdown. */
  text(tag: string, text: string): void {
    this.#write(textEvent(this.nowS(), 0, tag, text));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(event: Uint8Array): void {
    writeSync(this.#descriptor, framed(event));
  }
}

function groupedByStep(scalars: readonly Scalar[]): Map<number, Scalar[]> {
  const groups = new Map<number, Scalar[]>();
  for (const scalar of scalars) groups.set(scalar.step, [...(groups.get(scalar.step) ?? []), scalar]);
  return groups;
}
