import { HUB_URL } from "@huggingface/hub";
import { mayCarryToken } from "@petl/network";
import { HubError } from "./error.js";
import type { HubOptions } from "./options.js";
import type { HubRepository } from "./repository.js";

/**
 * A repository with all that a request needs, from the options and the environment.
 *
 * @throws HubError E_NAME_INVALID, E_TOKEN_EXPOSED
 */
export function connect(
  place: Pick<HubRepository, "kind" | "repository" | "revision" | "commit" | "folder" | "withoutHub">,
  options: HubOptions,
): HubRepository {
  const address = hubAddress(options);
  checkHubUrl(address.hubUrl, address.accessToken);
  return { ...place, ...address, signal: options.signal };
}

/** Whether the network must not be used. */
export function isOffline({ offline }: Pick<HubOptions, "offline">): boolean {
  return offline ?? !["", "0"].includes(process.env.HF_HUB_OFFLINE ?? "");
}

/** Where the hub is, the token for it, and how long to wait for it. */
function hubAddress({ hubUrl, accessToken, timeoutMs }: HubOptions) {
  return {
    hubUrl: (hubUrl ?? (process.env.HF_ENDPOINT || HUB_URL)).replace(/\/+$/, ""),
    accessToken: (accessToken ?? process.env.HF_TOKEN) || undefined,
    timeoutMs: timeoutMs ?? 12_000,
  };
}

/**
 * Checks a hub's address and that the token would not travel in the clear.
 *
 * @throws HubError E_NAME_INVALID, E_TOKEN_EXPOSED
 */
function checkHubUrl(hubUrl: string, accessToken: string | undefined): void {
  const url = URL.canParse(hubUrl) ? new URL(hubUrl) : null;
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isPlain) {
    throw new HubError("E_NAME_INVALID", {
      file: "HF_ENDPOINT",
      expected: "the address of a hub, such as https://huggingface.co",
      got: url === null ? `"${hubUrl}"` : `one with ${url.username === "" ? url.protocol : "a name or password in it"}`,
      remedy: "correct HF_ENDPOINT; a token goes in HF_TOKEN",
    });
  }
  if (!accessToken || mayCarryToken(url)) return;
  throw new HubError("E_TOKEN_EXPOSED", {
    file: url.origin,
    expected: "https, since an access token is set",
    got: "http, where anyone on the way can read it",
    remedy: "use an https address in HF_ENDPOINT, or unset HF_TOKEN",
  });
}
