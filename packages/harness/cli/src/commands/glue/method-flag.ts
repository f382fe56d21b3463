import { type GivenSettings, nearMatch } from "@petl/bench";
import { flagName, flagsOf, SettingError, type SettingFlag, trainingSettings } from "@petl/settings";
import { UsageError } from "../../exit.js";

/** One arm as written on the command line; values of `config` are text, which the method's `parse` converts. */
export interface MethodFlag {
  readonly method: string;
  readonly config: Readonly<Record<string, string>>;
  /** What it is trained with and other methods are not. */
  readonly settings: GivenSettings;
}

/** What a key begins with that is a training setting, not one of the method's. */
const trained = "train.";

/**
 * Reads `NAME` or `NAME:key=value,key=value`; NAME may itself hold colons (`file:///x.mjs:width=8`). `train.epochs=24` is the flag
 * `--epochs`, for this method alone.
 *
 * @throws UsageError
 */
export function parseMethodFlag(text: string): MethodFlag {
  const [, method = "", list] = /^(.*?)(?::([^:=,/\\]+=.*))?$/s.exec(text) ?? [];
  const name = method.replace(/^(file:|[A-Za-z]:(?=[\\/]))/, ""); // colons that belong to a URL or a drive
  if (name === "" || /[:=]/.test(name)) throw malformed(text);
  const config: Record<string, unknown> = {};
  const settings: Record<string, unknown> = {};
  for (const part of list?.split(",") ?? []) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(part) ?? [];
    if (key === undefined || value === undefined) throw malformed(text);
    if (key === "__proto__")
      throw new UsageError(`--method ${text}: expected a setting of the method, got "__proto__"`);
    const flag = key.startsWith(trained) ? trainingFlag(text, key) : null;
    const own = flag === null ? config : settings;
    const name = flag?.key ?? key;
    if (Object.hasOwn(own, name))
      throw new UsageError(`--method ${text}: ${key} is given twice; repeat --method for a sweep`);
    own[name] = flag === null ? value : parsed(text, key, () => flag.parse(value));
  }
  return { method, config: config as MethodFlag["config"], settings };
}

/** The same for commands that train nothing. @throws UsageError */
export function parseUntrainedMethodFlag(text: string): MethodFlag {
  const flag = parseMethodFlag(text);
  if (Object.keys(flag.settings).length === 0) return flag;
  throw new UsageError(
    `--method ${text}: expected settings of the method, got ${trained}${Object.keys(flag.settings)[0]}`,
  );
}

/** The flag of `bench glue` that a key such as `train.epochs` or `train.batch-size` stands for. @throws UsageError */
function trainingFlag(text: string, key: string): SettingFlag {
  const name = key.slice(trained.length);
  const known = flagsOf(trainingSettings, "glue");
  const flag = known.find((each) => each.key === name || flagName(each.key) === `--${name}`);
  if (flag !== undefined) return flag;
  const names = known.map((each) => flagName(each.key).slice(2));
  throw new UsageError(
    `--method ${text}: expected ${trained} and one of ${names.join(", ")}, got "${key}".${nearMatch(name, names)}`,
  );
}

/** @throws UsageError */
function parsed(text: string, key: string, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new UsageError(`--method ${text}: ${key}: ${error.message}`);
  }
}

function malformed(text: string): UsageError {
  return new UsageError(`--method: expected NAME or NAME:key=value,key=value, got "${text}"`);
}
