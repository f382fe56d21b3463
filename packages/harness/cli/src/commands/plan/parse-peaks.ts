import type { GpuSpec } from "@petl/bench";
import { InvalidArgumentError } from "commander";
import { parseBytes } from "../../parse-arguments.js";

const prefixes: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const form = "NAME:f32=FLOPS,bandwidth=BYTES,memory=BYTES,power=WATTS[,tf32=FLOPS][,f16=FLOPS]";

/** A device by its peaks, such as `T4:f32=8.1T,bandwidth=320G,memory=16GB,power=70`: rates a second, for commander. */
export function parsePeaks(text: string): GpuSpec {
  const [, name, settings] = /^([^:=,]+):(.+)$/.exec(text) ?? [];
  const fields = new Map(settings?.split(",").map((part) => part.split("=", 2) as [string, string]));
  const required = ["f32", "bandwidth", "memory", "power"];
  const known = [...required, "tf32", "f16"];
  const missing = required.find((key) => !fields.has(key));
  const unknown = [...fields.keys()].find((key) => !known.includes(key));
  if (name === undefined || missing !== undefined || unknown !== undefined) {
    const problem =
      unknown === undefined ? (missing === undefined ? "" : `; ${missing} is missing`) : `; ${unknown} is not known`;
    throw new InvalidArgumentError(`Expected ${form}, got "${text}"${problem}.`);
  }
  const rate = (key: string): number => parseRate(key, fields.get(key)!);
  const f32FlopsPerS = rate("f32");
  const tf32FlopsPerS = fields.has("tf32") ? rate("tf32") : f32FlopsPerS;
  return {
    name,
    f32FlopsPerS,
    tf32FlopsPerS,
    f16FlopsPerS: fields.has("f16") ? rate("f16") : tf32FlopsPerS,
    memoryBytesPerS: rate("bandwidth"),
    memoryBytes: parseBytes(fields.get("memory")!),
    powerLimitW: rate("power"),
    source: "given with --peaks",
  };
}

function parseRate(key: string, text: string): number {
  const [, digits, prefix = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/i.exec(text) ?? [];
  const value = Number(digits) * prefixes[prefix.toUpperCase()]!;
  if (value > 0) return value;
  throw new InvalidArgumentError(`Expected a number such as 8.1T for ${key}, got "${text}".`);
}
