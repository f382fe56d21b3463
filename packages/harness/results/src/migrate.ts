import { ResultsError } from "./errors.js";
import { SCHEMA_VERSION } from "./schema.js";

type RawRecord = Record<string, unknown>;

/** `migrations.get(n)` turns a record of version n into one of version n + 1; add one with each new version. */
const migrations = new Map<number, (raw: RawRecord) => RawRecord>([
  [1, (raw) => raw], // version 2 added fields that may be absent, and the checksum
]);

/**
 * Brings a parsed record of an older schema version up to `SCHEMA_VERSION`.
 * Throws `E_RECORD_INVALID` without a version, `E_RECORD_VERSION` for a newer one or one that cannot be migrated.
 */
export function migrate(
  raw: unknown,
  file: string,
  steps: ReadonlyMap<number, (raw: RawRecord) => RawRecord> = migrations,
  target: number = SCHEMA_VERSION,
): RawRecord {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw new ResultsError("E_RECORD_INVALID", `${file}: expected a run record (a JSON object), got ${describe(raw)}`, {
      file,
    });
  }
  let record = raw as RawRecord;
  const version = record.schemaVersion;
  if (typeof version !== "number" || !Number.isInteger(version)) {
    throw new ResultsError(
      "E_RECORD_INVALID",
      `${file}: expected a whole number in schemaVersion, got ${describe(version)}; this is not a run record`,
      { file },
    );
  }
  if (version > target) {
    throw new ResultsError(
      "E_RECORD_VERSION",
      `${file}: schemaVersion ${version} is newer than ${target}, the newest this version reads; update petl-bench`,
      { file },
    );
  }
  for (let from = version; from < target; from++) {
    const step = steps.get(from);
    if (!step) {
      throw new ResultsError(
        "E_RECORD_VERSION",
        `${file}: no migration from schemaVersion ${from} to ${from + 1}; run it again to get a new record`,
        { file },
      );
    }
    record = { ...step(record), schemaVersion: from + 1 };
  }
  return record;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  return JSON.stringify(value).slice(0, 60);
}
