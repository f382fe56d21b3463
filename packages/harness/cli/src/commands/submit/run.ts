import { existsSync } from "node:fs";
import { join } from "node:path";
import { assignRuns, chooseRuns, predictRuns, type SubmittedFile, writeSubmission } from "@petl/bench";
import { readRecords } from "@petl/results";
import { type CodeFlags, codePlaces } from "../../code-places.js";
import { type ExitCode, UsageError } from "../../exit.js";
import { section } from "../../terminal/section.js";
import { userPath } from "../../user-directory.js";
import type { MethodFlag } from "../glue/method-flag.js";

/** The flags of `bench submit` as commander hands them over. */
export interface SubmitFlags extends CodeFlags {
  readonly method?: MethodFlag;
  readonly seed?: number;
  readonly data?: string;
  readonly fill?: string[];
  readonly device: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Predicts, checks, writes and prints the sources of the files. @throws UsageError, BenchError, TaskError */
export async function runSubmit(directory: string, flags: SubmitFlags): Promise<ExitCode> {
  const { method = null, seed = null, data, fill = [], device, json } = flags;
  const out = userPath(directory);
  if (!existsSync(out)) throw new UsageError(`${out}: expected a directory that bench glue --save wrote, got none`);
  if (flags.out !== undefined && existsSync(userPath(flags.out)))
    throw new UsageError(
      `--out ${flags.out}: expected a new file, got one that exists; delete it or choose another name`,
    );
  const { records } = await readRecords(out);
  const runs = chooseRuns(records, { method, seed });
  const files = assignRuns(out, runs, fill);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    await predictRuns(out, files, {
      places: codePlaces(flags),
      device,
      data: data === undefined ? undefined : userPath(data),
      signal: stop.signal,
      onProgress: sayProgress(),
    });
    const name = [...runs.values()][0]!.run.method;
    const path = flags.out === undefined ? join(out, `submission-${name}.zip`) : userPath(flags.out);
    await writeSubmission(path, files);
    if (json) console.log(JSON.stringify({ archive: path, files: files.map(summaryOf) }, null, 2));
    else console.log(`${section("Submission", files.map(rowOf))}\n\n${remark(files)}${path}`);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** A line when a file is begun, every ten seconds and at its end, with the time left. */
function sayProgress() {
  let current = { name: "", beganMs: 0, saidMs: 0 };
  return ({ name, done, total }: { name: string; done: number; total: number }): void => {
    const nowMs = Date.now();
    const isNew = current.name !== name;
    if (isNew) current = { name, beganMs: nowMs, saidMs: 0 };
    if (!isNew && done < total && nowMs - current.saidMs < 10_000) return;
    current.saidMs = nowMs;
    const leftS = isNew ? null : (((nowMs - current.beganMs) / done) * (total - done)) / 1000;
    const left = leftS === null || done === total ? "" : `, about ${Math.ceil(leftS)} s left`;
    console.error(`predicting ${name}: ${done} of ${total} examples${left}`);
  };
}

const summaryOf = ({ file, from }: SubmittedFile) => ({
  file: `${file.name}.tsv`,
  run: from?.record.id ?? null,
  devScore: from?.record.scores?.last.score ?? null,
  rows: file.task.splits[file.split]!.officialRows,
});

function rowOf(submitted: SubmittedFile): string[] {
  const { file, run, devScore, rows } = summaryOf(submitted);
  const from = run === null ? "a constant answer: its score means nothing" : `dev ${devScore!.toFixed(1)}, ${run}`;
  return [file, `${rows.toLocaleString("en-US")} rows`, from];
}

/** What a reader of the server's scores must know. */
function remark(files: readonly SubmittedFile[]): string {
  const limited = files.filter(({ from }) => from?.record.run.settings.limit != null);
  if (limited.length === 0) return "";
  return `${limited.length} files come from models trained on part of the training data (--limit).\n`;
}
