import { NetworkError } from "./errors.js";
import { mayCarryToken } from "./origins.js";
import { redirectTarget } from "./redirects.js";
import { noAnswer, watchedBody } from "./watched-body.js";

export interface GuardOptions {
  /** An address of the only origin that receives the `Authorization` header; default: none does. */
  readonly tokenUrl?: string;
  /** Longest wait for the headers of an answer, connecting included, in milliseconds. */
  readonly answerMs: number;
  /** Longest wait for the next 1 KiB of a body, in milliseconds. */
  readonly stallMs: number;
  /** Most bytes of a body. */
  readonly mostBytes: number;
  /** Ends the request and its body. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A `fetch` for GET requests that sends the `Authorization` header to one origin only (https or loopback), follows at most 10 redirects,
 * none from https to http, and gives up a server that is silent or sends too much.
 *
 * It rejects, or its body fails, with a {@link NetworkError} or what Node's `fetch` throws.
 */
export function guardedFetch(options: GuardOptions): typeof fetch {
  const home = options.tokenUrl === undefined ? null : new URL(options.tokenUrl);
  const tokenOrigin = home !== null && mayCarryToken(home) ? home.origin : null;
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    let url = new URL(input instanceof Request ? input.url : input);
    for (let followed = 0; ; followed++) {
      if (url.origin !== tokenOrigin) headers.delete("authorization"); // for good: it does not come back with a later redirect
      const { response, end } = await answer(url, { ...init, headers }, options);
      const target = redirectTarget(url, response, followed);
      if (target === null) return guarded(response, end, options);
      end();
      url = target;
    }
  };
}

/** The answer's headers, in time; `end` closes the connection. */
async function answer(url: URL, init: RequestInit, { answerMs, signal }: GuardOptions) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new NetworkError("E_NETWORK_SILENT", noAnswer(answerMs))), answerMs);
  const either = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: either });
    return { response, end: () => controller.abort() };
  } finally {
    clearTimeout(timer);
  }
}

/** The same answer with a watched body. */
function guarded(response: Response, end: () => void, limits: GuardOptions): Response {
  if (response.body === null) return response;
  const { status, statusText, headers, url } = response;
  const body = watchedBody(response.body as ReadableStream<Uint8Array>, limits, end);
  return Object.defineProperty(new Response(body, { status, statusText, headers }), "url", { value: url });
}
