import { basename } from "node:path";
import type { QuantisedDtype, QuantisedWeights } from "@petl/backbone";
import { quantiseBackbone } from "@petl/bench";
import { formatBytes } from "@petl/report";
import { type CodeFlags, codePlaces } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { userDirectory, userPath } from "../../user-directory.js";

/** The flags of `bench quantise` as commander hands them over. */
export interface QuantiseFlags extends CodeFlags {
  readonly dtype: QuantisedDtype;
  readonly out?: string;
  readonly json?: boolean;
}

/** Seconds between two lines that show how far it is. */
const signOfLifeS = 5;

/** Writes a checkpoint in fewer bits and prints what became of its size. @throws BenchError, BackboneError, CheckpointError */
export async function runQuantise(backbone: string, flags: QuantiseFlags): Promise<ExitCode> {
  const { dtype, out = defaultFolder(backbone, dtype) } = flags;
  const to = userPath(out);
  const say = sayNowAndThen();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const written = await quantiseBackbone(backbone, {
      ...{ directory: userDirectory(), places: codePlaces(flags, [backbone]), dtype, to, signal: stop.signal },
      onProgress: (done, total) => say("quantising", done, total),
      onDownload: ({ file, bytes, totalBytes }) => say(`downloading ${file}`, bytes, totalBytes),
      onWait: (message) => console.error(message),
    });
    for (const note of notes(written, dtype)) console.error(`note: ${note}`);
    const { bytesBefore, bytesAfter } = written;
    if (flags.json) console.log(JSON.stringify({ directory: to, dtype, bytesBefore, bytesAfter }, null, 2));
    else console.log(`${to}: ${formatBytes(bytesBefore)} became ${formatBytes(bytesAfter)} (${dtype})`);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** `hf:ORG/Model` and `nf4+dq` -> `Model-nf4-dq`, below where the user stands. */
function defaultFolder(backbone: string, dtype: QuantisedDtype): string {
  const name = basename(userPath(backbone.replace(/^(hf|file):/, "")));
  return `${name}-${dtype.replace("+", "-")}`;
}

/** What is lost beside what the type loses, and what is in another type. */
function notes(written: QuantisedWeights, dtype: QuantisedDtype): string[] {
  return [...quantisedBefore(written, dtype), ...inOtherFormats(written), ...written.notes];
}

function quantisedBefore({ roundedBefore }: QuantisedWeights, dtype: QuantisedDtype): string[] {
  if (roundedBefore.size === 0) return [];
  const before = [...roundedBefore].map(([format, count]) => `${count} in ${format}`).join(", ");
  return [
    `its weights were quantised before (${before}): what that lost stays lost, and ${dtype} rounds them once more; take the original checkpoint if you have it`,
  ];
}

const inOtherFormats = ({ otherFormats }: QuantisedWeights): string[] =>
  otherFormats.map(
    ({ wanted, format, count, block }) =>
      `${count} ${count === 1 ? "weight is" : "weights are"} in ${format} instead of ${wanted}: rows are no multiple of ${block} values`,
  );

/** Says how far something is, at its beginning and every few seconds. */
function sayNowAndThen() {
  let said = { what: "", atMs: 0 };
  return (what: string, doneBytes: number, totalBytes: number | null): void => {
    const nowMs = Date.now();
    if (said.what === what && nowMs - said.atMs < signOfLifeS * 1000) return;
    said = { what, atMs: nowMs };
    console.error(`${what}: ${formatBytes(doneBytes)}${totalBytes ? ` of ${formatBytes(totalBytes)}` : ""}`);
  };
}
