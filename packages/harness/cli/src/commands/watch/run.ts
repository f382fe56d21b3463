import { printable } from "@petl/files";
import { endingText, serveSuite } from "@petl/watch";
import type { ExitCode } from "../../exit.js";
import { userPath } from "../../user-directory.js";

export interface WatchFlags {
  readonly port?: number;
}

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Serves the page of a suite until that has ended or the user stops it. */
export async function runWatch(directory: string, { port = 0 }: WatchFlags): Promise<ExitCode> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const name of endings) process.on(name, onSignal);
  try {
    const shown = await serveSuite({
      ...{ out: userPath(directory), port, signal: stop.signal },
      onListening: (url) =>
        console.log(`${url} follows the suite in ${directory}; Ctrl-C ends the page, not the suite`),
    });
    console.log(printable(endingText(shown)));
    return shown.ending === null ? 130 : 0;
  } finally {
    for (const name of endings) process.off(name, onSignal);
  }
}
