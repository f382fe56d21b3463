import { basename } from "node:path";

/** How help texts and messages write the program. */
const written = "pnpm bench";

/**
 * What the user types to start this program: `pnpm bench`, `npx -y pnpm@12 bench` where npx fetched pnpm for this call, or the
 * installed `petl-bench`, which npx may start.
 */
export function startedAs(env: NodeJS.ProcessEnv = process.env, program = process.argv[1] ?? ""): string {
  if (env.npm_lifecycle_event !== "bench") {
    if (!/^petl-bench(\.cmd)?$/.test(basename(program))) return written;
    return env.npm_lifecycle_event === "npx" ? "npx petl-bench" : "petl-bench";
  }
  if (!/[\\/]_npx[\\/]/.test(env.npm_execpath ?? "")) return written;
  const major = /^pnpm\/(\d+)/.exec(env.npm_config_user_agent ?? "")?.[1];
  return `npx -y pnpm${major === undefined ? "" : `@${major}`} bench`;
}

/** A text with the program written as the user started it; other `pnpm` commands are started the same way. */
export function asStarted(text: string, command = startedAs()): string {
  const named = text.replaceAll(written, command);
  const pnpm = /^(.*pnpm\S*) bench$/.exec(command)?.[1];
  return pnpm === undefined || pnpm === "pnpm" ? named : named.replace(/(?<!-y )\bpnpm (?=[a-z])/g, `${pnpm} `);
}
