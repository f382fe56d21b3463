import type { RunRecord } from "@petl/results";
import type { PlannedRun } from "../suite/planned-run.js";

/** The parameters as another run of the suite loaded them, which this one must load too; random ones are another for each seed. */
export function knownParams(records: readonly RunRecord[], { seed, identity }: PlannedRun): string | null {
  const same = records.find(
    ({ run, status, backboneSource }) =>
      status === "completed" && backboneSource !== null && (backboneSource.kind !== "random" || run.seed === seed),
  );
  return same?.identity?.backbone.reference === identity.backbone.reference ? same.backboneSource!.paramsSha256 : null;
}
