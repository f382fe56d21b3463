import { readFileSync } from "node:fs";
import { machineFacts } from "@petl/bench";

/** That of all packages: `0.1.0`. */
export function programVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The version, and the commit where the program runs from a checkout or an archive of one: `0.1.0 (1a2b3c4d5e)`. */
export async function versionText(): Promise<string> {
  const version = programVersion();
  const { commit, dirty } = await machineFacts(null);
  if (commit === null) return version;
  return `${version} (${commit.slice(0, 10)}${dirty ? ", with local changes" : ""})`;
}
