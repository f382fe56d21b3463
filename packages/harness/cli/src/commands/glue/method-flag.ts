import { UsageError } from "../../exit.js";

/** One arm as written on the command line; values are text, which the method's `parse` converts. */
export interface MethodFlag {
  readonly method: string;
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Reads `NAME` or `NAME:key=value,key=value`; NAME may itself hold colons (`file:///x.mjs:width=8`).
 *
 * @throws UsageError
 */
export function parseMethodFlag(text: string): MethodFlag {
  const [, method = "", settings] = /^(.*?)(?::([^:=,/\\]+=.*))?$/s.exec(text) ?? [];
  const name = method.replace(/^(file:|[A-Za-z]:(?=[\\/]))/, ""); // colons that belong to a URL or a drive
  if (name === "" || /[:=]/.test(name)) throw malformed(text);
  const config: Record<string, string> = {};
  for (const part of settings?.split(",") ?? []) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(part) ?? [];
    if (key === undefined || value === undefined) throw malformed(text);
    if (key === "__proto__")
      throw new UsageError(`--method ${text}: expected a setting of the method, got "__proto__"`);
    if (Object.hasOwn(config, key))
      throw new UsageError(`--method ${text}: ${key} is given twice; repeat --method for a sweep`);
    config[key] = value;
  }
  return { method, config };
}

function malformed(text: string): UsageError {
  return new UsageError(`--method: expected NAME or NAME:key=value,key=value, got "${text}"`);
}
