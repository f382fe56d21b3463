import { messageEncoder } from "../protobuf.js";

/** What we write of W&B's wandb_internal.proto. Each `value_json` is JSON, where NaN and Infinity may stand, too. */
const schema = `syntax = "proto3";
message Record {
  int64 num = 1;
  History history = 2;
  Summary summary = 3;
  Run run = 17;
  Exit exit = 18;
  Header header = 21;
}
message Header { Version version_info = 1; }
message Version { string producer = 1; string min_consumer = 2; }
message Run {
  string run_id = 1;
  string entity = 2;
  string project = 3;
  Config config = 4;
  string run_group = 6;
  string job_type = 7;
  string display_name = 8;
  Timestamp start_time = 17;
}
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Config { repeated Item update = 1; }
message Summary { repeated Item update = 1; }
message History { repeated Item item = 1; Step step = 2; }
message Step { int64 num = 1; }
message Item { string key = 1; repeated string nested_key = 2; string value_json = 16; }
message Exit { int32 exit_code = 1; int32 runtime = 2; }`;

/** A value by its name, or by the names on the way to it. */
export type Item = ({ readonly key: string } | { readonly nestedKey: readonly string[] }) & {
  readonly valueJson: string;
};

/** A record of a run's file: its number, from 1, and one of the others. */
export type WandbRecord = { readonly num: number } & (
  | { readonly header: { readonly versionInfo: { readonly producer: string; readonly minConsumer: string } } }
  | {
      readonly run: {
        readonly runId: string;
        readonly entity?: string;
        readonly project: string;
        readonly config: { readonly update: readonly Item[] };
        readonly runGroup: string;
        readonly jobType: string;
        readonly displayName: string;
        readonly startTime: { readonly seconds: number; readonly nanos: number };
      };
    }
  | { readonly history: { readonly item: readonly Item[]; readonly step: { readonly num: number } } }
  | { readonly summary: { readonly update: readonly Item[] } }
  | { readonly exit: { readonly exitCode: number; readonly runtime: number } }
);

export const encodeRecord = messageEncoder<WandbRecord>(schema, "Record");
