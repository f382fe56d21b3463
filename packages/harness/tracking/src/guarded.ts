import { oneLine } from "@petl/files";
import type { Tracker } from "./tracker.js";

/**
 * A tracker that no longer hears of anything after its first error, which is told in one line: no run ends or waits for it. `open` is given
 * what to call with an error that comes later.
 */
export function guarded(
  name: string,
  open: (lose: (error: unknown) => void) => Tracker,
  warn: (line: string) => void,
): Tracker {
  let isLost = false;
  const lose = (error: unknown): void => {
    if (!isLost)
      warn(
        `--log ${name}: ${oneLine((error as Error).message)}; nothing more is logged there, records are not affected`,
      );
    isLost = true;
  };
  const tracker = open(lose);
  return {
    on(event) {
      if (isLost) return;
      try {
        tracker.on(event);
      } catch (error) {
        lose(error);
      }
    },
    async close() {
      await tracker.close().catch(lose);
    },
  };
}
