// What every part of a GPU day shares: its request, how it writes its file, and until when it may begin something.
import { join } from "node:path";
import { writeWholeSync } from "@petl/files";

/**
 * The request of this process: `out`, `limitS`, `gpu`, `python`, `isRehearsal`; `leftS()` until the part must have ended by itself;
 * `save(value)` writes its JSON file, whole, as often as there is something new.
 *
 * @param {string} name the part's
 */
export function thisPart(name) {
  const request = JSON.parse(process.argv[2]);
  const deadlineMs = performance.now() + 1000 * (request.limitS - Math.min(4, request.limitS / 8));
  return {
    ...request,
    leftS: () => (deadlineMs - performance.now()) / 1000,
    save: (value) => writeWholeSync(join(request.out, `${name}.json`), `${JSON.stringify(value, null, 1)}\n`),
    raw: (file) => join(request.out, "raw", file),
  };
}
