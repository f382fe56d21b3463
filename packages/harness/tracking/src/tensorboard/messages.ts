import type { Scalar } from "../scalars.js";
import { doubleField, floatField, lengthField, wholeField } from "./wire.js";

/** Messages of TensorBoard's event.proto, summary.proto and tensor.proto: only the fields that we write, by their numbers there. */

/** The first event of a file. `wallTimeS` is in seconds since the Unix epoch, as everywhere here. */
export function versionEvent(wallTimeS: number): Uint8Array {
  return Buffer.concat([doubleField(1, wallTimeS), lengthField(3, "brain.Event:2")]);
}

/** Scalars of one step. */
export function scalarEvent(wallTimeS: number, step: number, scalars: readonly Scalar[]): Uint8Array {
  const values = scalars.map(({ tag, value }) => lengthField(1, [lengthField(1, tag), floatField(2, value)]));
  return summaryEvent(wallTimeS, step, values);
}

/** A text, which TensorBoard shows as Markdown. */
export function textEvent(wallTimeS: number, step: number, tag: string, text: string): Uint8Array {
  const stringType = 7; // DT_STRING
  const shape = lengthField(2, [lengthField(2, [wholeField(1, 1)])]);
  const tensor = lengthField(8, [wholeField(1, stringType), shape, lengthField(8, text)]);
  const plugin = lengthField(9, [lengthField(1, [lengthField(1, "text")])]);
  return summaryEvent(wallTimeS, step, [lengthField(1, [lengthField(1, tag), tensor, plugin])]);
}

function summaryEvent(wallTimeS: number, step: number, values: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([doubleField(1, wallTimeS), wholeField(2, step), lengthField(5, values)]);
}
