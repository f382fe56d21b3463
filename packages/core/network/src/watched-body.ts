import { NetworkError } from "./errors.js";

/** Fewer bytes than this do not count as progress. */
const progressBytes = 1024;

export interface BodyLimits {
  /** Longest wait for the next 1 KiB or the end, in milliseconds. Time that the reader takes does not count. */
  readonly stallMs: number;
  /** Most bytes of the body. */
  readonly mostBytes: number;
}

/**
 * A body that fails with a NetworkError (`E_NETWORK_STALLED`, `E_NETWORK_TOO_LARGE`) where it exceeds its limits; `end` closes the
 * connection then, or when the reader stops.
 */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  limits: BodyLimits,
  end: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let waitMs = limits.stallMs;
  let newBytes = 0;
  let bytes = 0;
  const readInTime = async () => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new NetworkError("E_NETWORK_STALLED", noAnswer(limits.stallMs))), waitMs);
    });
    const beganMs = performance.now();
    try {
      return await Promise.race([reader.read(), silence]);
    } finally {
      clearTimeout(timer);
      waitMs = Math.max(0, waitMs - (performance.now() - beganMs));
    }
  };
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = await readInTime();
    if (done) return controller.close();
    bytes += value.byteLength;
    newBytes += value.byteLength;
    if (bytes > limits.mostBytes)
      throw new NetworkError("E_NETWORK_TOO_LARGE", `the server sends more than ${limits.mostBytes} bytes`);
    if (newBytes >= progressBytes) [newBytes, waitMs] = [0, limits.stallMs];
    controller.enqueue(value);
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        pull(controller).catch((error) => {
          end();
          throw error;
        }),
      cancel: end,
    },
    { highWaterMark: 0 }, // reads only what is asked for, so that only a reader's wait is timed
  );
}

/** What happened, for an error. */
export function noAnswer(waitedMs: number): string {
  return `no answer within ${waitedMs / 1000} s`;
}
