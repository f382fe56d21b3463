import { importBackbonePackage, parseReference } from "@petl/backbone";
import { checkComplete, type ResolveOptions, resolveCheckpoint } from "@petl/checkpoint";
import { BenchError } from "../errors.js";
import type { FoundBackbone } from "../resolve/backbone.js";

/** How a model of the hub is fetched. */
export type CheckpointDownload = Pick<ResolveOptions, "signal" | "onProgress" | "onWait">;

/**
 * The directory of a backbone's checkpoint, downloaded where it is one of the hub.
 *
 * @param name as the user wrote it, for messages
 * @throws BenchError E_BACKBONE_UNKNOWN for random weights, which no file has; CheckpointError where files are missing
 */
export async function checkpointDirectory(
  name: string,
  { reference, family }: FoundBackbone,
  download: CheckpointDownload,
): Promise<string> {
  const parsed = parseReference(reference, family.definition.published);
  if (parsed.kind === "hub") return (await resolveCheckpoint(`hf:${parsed.repository}`, download)).directory;
  if (parsed.kind === "random" || (parsed.kind === "package" && parsed.isRandom))
    throw new BenchError(
      "E_BACKBONE_UNKNOWN",
      `backbone "${name}": expected one whose weights are in files, got random weights; name a checkpoint's directory, hf:ORG/REPO or a package`,
    );
  const directory = parsed.kind === "package" ? (await importBackbonePackage(parsed.url)).directory : parsed.path;
  checkComplete(directory);
  return directory;
}
