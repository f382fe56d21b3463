import { messageEncoder } from "../protobuf.js";
import type { Scalar } from "../scalars.js";

/** What we write of TensorBoard's event.proto, summary.proto and tensor.proto. */
const schema = `syntax = "proto3";
message Event { double wall_time = 1; optional int64 step = 2; string file_version = 3; Summary summary = 5; }
message Summary { repeated Value value = 1; }
message Value { string tag = 1; optional float simple_value = 2; Tensor tensor = 8; Metadata metadata = 9; }
message Tensor { int32 dtype = 1; Shape tensor_shape = 2; repeated string string_val = 8; }
message Shape { repeated Dimension dim = 2; }
message Dimension { int64 size = 1; }
message Metadata { Plugin plugin_data = 1; }
message Plugin { string plugin_name = 1; }`;

interface Event {
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly object[] };
}

const encodeEvent = messageEncoder<Event>(schema, "Event");

/** The first event of a file. `wallTimeS` is in seconds since the Unix epoch, as everywhere here. */
export function versionEvent(wallTimeS: number): Uint8Array {
  return encodeEvent({ wallTime: wallTimeS, fileVersion: "brain.Event:2" });
}

/** Scalars of one step. */
export function scalarEvent(wallTimeS: number, step: number, scalars: readonly Scalar[]): Uint8Array {
  const value = scalars.map(({ tag, value: simpleValue }) => ({ tag, simpleValue }));
  return encodeEvent({ wallTime: wallTimeS, step, summary: { value } });
}

/** A text, which TensorBoard shows as Markdown. */
export function textEvent(wallTimeS: number, step: number, tag: string, text: string): Uint8Array {
  const stringType = 7; // DT_STRING
  const tensor = { dtype: stringType, tensorShape: { dim: [{ size: 1 }] }, stringVal: [text] };
  const metadata = { pluginData: { pluginName: "text" } };
  return encodeEvent({ wallTime: wallTimeS, step, summary: { value: [{ tag, tensor, metadata }] } });
}
