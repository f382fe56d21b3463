import { NetworkError } from "./errors.js";

const mostRedirects = 10;
const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Where an answer redirects to; null for one that does not redirect.
 *
 * @throws NetworkError E_NETWORK_REDIRECT for the 11th in a row, one from https to http, or one to anything but a web address
 */
export function redirectTarget(
  from: URL,
  { status, headers }: Pick<Response, "status" | "headers">,
  followed: number,
): URL | null {
  const location = statuses.has(status) ? headers.get("location") : null;
  if (location === null) return null;
  if (!URL.canParse(location, from.href)) throw refused(from, "to no address");
  const to = new URL(location, from);
  if (to.protocol !== "https:" && to.protocol !== "http:") throw refused(from, `to ${to.protocol}`);
  if (from.protocol === "https:" && to.protocol === "http:") throw refused(from, "from https to http");
  if (followed >= mostRedirects) throw refused(from, `more than ${mostRedirects} times`);
  return to;
}

function refused(from: URL, where: string): NetworkError {
  return new NetworkError("E_NETWORK_REDIRECT", `${from.host} redirects ${where}`);
}
