// The program of a run's own process: one request as JSON on stdin, events as JSON lines on descriptor 3.
import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { answerRequest } from "./child/answer-request.js";
import { type ChildEvent, type ChildRequest, eventDescriptor } from "./child/protocol.js";
import { serialError } from "./child/serial-error.js";

process.on("SIGINT", () => {}); // Ctrl-C reaches the whole group; the parent decides what becomes of this run

/** Written at once, so that a crash loses nothing; a parent that is gone ends this process too. */
function emit(event: ChildEvent): void {
  const line = Buffer.from(`${JSON.stringify(event)}\n`);
  try {
    for (let done = 0; done < line.length; ) done += writeSync(eventDescriptor, line, done);
  } catch {
    process.exit(1);
  }
}

try {
  await answerRequest(JSON.parse(await text(process.stdin)) as ChildRequest, emit);
  emit({ type: "done" });
  process.exit(0); // whatever a device left running
} catch (error) {
  emit({ type: "error", error: serialError(error) });
  process.exit(1);
}
