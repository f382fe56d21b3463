import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { guardedFetch, isUnreachable, mayCarryToken } from "../src/index.js";

const limits = { answerMs: 2000, stallMs: 2000, mostBytes: 1000 };
const token = { headers: { authorization: "Bearer hf_secret" } };

/** A loopback server, closed when the test finishes, and the `Authorization` header of each request. */
async function serve(listener: RequestListener) {
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens };
}

const redirectTo = (location: string): RequestListener => {
  return (_request, response) => response.writeHead(302, { location }).end();
};

describe("S3: the token", () => {
  test("reaches its own origin and stays away from others, by redirect or directly", async () => {
    const other = await serve((_request, response) => response.end("there"));
    const hub = await serve(redirectTo(`${other.url}/file`));
    const fetch = guardedFetch({ ...limits, tokenUrl: hub.url });
    const response = await fetch(hub.url, token);
    expect([await response.text(), response.url]).toEqual(["there", `${other.url}/file`]);
    await fetch(other.url, token);
    expect(hub.tokens).toEqual(["Bearer hf_secret"]);
    expect(other.tokens).toEqual([undefined, undefined]);
  });

  test("does not come back when another origin redirects home", async () => {
    let back = "";
    const other = await serve((_request, response) => response.writeHead(302, { location: back }).end());
    const hub = await serve((request, response) => {
      if (request.url === "/home") response.end("home");
      else response.writeHead(302, { location: other.url }).end();
    });
    back = `${hub.url}/home`;
    expect(await (await guardedFetch({ ...limits, tokenUrl: hub.url })(hub.url, token)).text()).toBe("home");
    expect(hub.tokens).toEqual(["Bearer hf_secret", undefined]);
  });

  test("goes nowhere without an origin", async () => {
    const { url, tokens } = await serve((_request, response) => response.end());
    await guardedFetch(limits)(url, token);
    expect(tokens).toEqual([undefined]);
  });

  test.each([
    ["https://huggingface.co", true],
    ["http://127.0.0.1:8080", true],
    ["http://[::1]:8080", true],
    ["http://localhost", true],
    ["http://huggingface.co", false],
    ["http://127.0.0.1.example.org", false],
    ["http://localhost.example.org", false],
  ])("may travel to %s: %s", (url, allowed) => {
    expect(mayCarryToken(new URL(url))).toBe(allowed);
  });
});

describe("redirects", () => {
  test("end after ten", async () => {
    const { url, tokens } = await serve(redirectTo("/again"));
    await expect(guardedFetch(limits)(url)).rejects.toMatchObject({ code: "E_NETWORK_REDIRECT" });
    expect(tokens).toHaveLength(11);
  });

  test("to another protocol are refused", async () => {
    const { url } = await serve(redirectTo("file:///etc/passwd"));
    await expect(guardedFetch(limits)(url)).rejects.toThrow("redirects to file:");
  });
});

describe("R3: a silent server is given up", () => {
  const quick = { ...limits, answerMs: 100, stallMs: 100 };

  test("before the headers", async () => {
    const { url } = await serve(() => {});
    await expect(guardedFetch(quick)(url)).rejects.toMatchObject({
      code: "E_NETWORK_SILENT",
      message: "no answer within 0.1 s",
    });
  });

  test("in the middle of a body, and where it sends a byte now and then", async () => {
    const stalled = await serve((_request, response) => void response.write("a"));
    const dripping = await serve((_request, response) => {
      const timer = setInterval(() => response.write("a"), 20);
      response.on("close", () => clearInterval(timer));
    });
    for (const { url } of [stalled, dripping]) {
      const response = await guardedFetch(quick)(url);
      await expect(response.text()).rejects.toMatchObject({ code: "E_NETWORK_STALLED" });
    }
  });

  test("but a reader may take its time", async () => {
    const { url } = await serve((_request, response) => response.end("abc"));
    const response = await guardedFetch(quick)(url);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await response.text()).toBe("abc");
  });
});

test("S4: an answer that does not end is cut off at the limit", async () => {
  let sent = 0;
  const { url } = await serve((_request, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(100_000))) sent += 100_000;
    };
    response.on("drain", more);
    more();
  });
  const response = await guardedFetch(limits)(url);
  await expect(response.arrayBuffer()).rejects.toThrow("more than 1000 bytes");
  expect(sent).toBeLessThan(20_000_000);
});

test("the caller's abort ends a body", async () => {
  const { url } = await serve((_request, response) => void response.write("a"));
  const controller = new AbortController();
  const response = await guardedFetch({ ...limits, signal: controller.signal })(url);
  controller.abort();
  await expect(response.text()).rejects.toThrow(/abort/i);
});

test("a host that cannot be reached is told from one that answers badly", async () => {
  const silent = await serve(() => {});
  const failures = [];
  for (const url of ["http://127.0.0.1:2/", "http://no-such-host.invalid/", silent.url])
    failures.push(await guardedFetch({ ...limits, answerMs: 1500 })(url).catch((error: unknown) => error));
  expect(failures.map(isUnreachable)).toEqual([true, true, true]);
  const stalled = await serve((_request, response) => void response.write("a"));
  const body = (await guardedFetch({ ...limits, stallMs: 100 })(stalled.url)).text();
  expect(isUnreachable(await body.catch((error: unknown) => error))).toBe(false);
});
