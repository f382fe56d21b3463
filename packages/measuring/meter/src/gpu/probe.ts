import { printable } from "@petl/files";
import { MeterError } from "../errors.js";
import { absent, type Figure, measured } from "../figure.js";
import type { SampledGpu } from "../trace/trace.js";
import { isAbsent, PROBE_FIELDS, parseCells, parseNumber } from "./fields.js";
import { ask, type Command, firstLine } from "./nvidia-smi.js";

/** The GPUs of a driver and the query fields it accepts. */
export interface Probe {
  readonly gpus: readonly SampledGpu[];
  readonly fields: readonly string[];
}

/** Queries nvidia-smi for its GPUs, dropping one by one the fields that this driver refuses. */
export async function probe(command: Command): Promise<Figure<Probe>> {
  let fields: readonly string[] = PROBE_FIELDS;
  while (true) {
    const answer = await ask(command, [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader,nounits"]);
    if (answer.value === null) return absent(answer.reason);
    const { stdout, stderr, exitCode } = answer.value;
    const refused = /Field "([^"]+)" is not a valid field/.exec(`${stdout}\n${stderr}`)?.[1];
    const rest = fields.filter((field) => field !== refused);
    if (refused !== undefined && rest.length < fields.length && rest.includes("timestamp")) {
      fields = rest;
      continue;
    }
    const said = firstLine(stdout) || firstLine(stderr);
    if (/no devices were found/i.test(`${stdout}\n${stderr}`)) return absent(`${command.path} found no devices`);
    if (exitCode !== 0) return absent(`${command.path} exited with code ${exitCode}${said ? `: ${said}` : ""}`);
    const gpus = stdout.split(/\r?\n/).flatMap((line) => parseGpu(line, fields));
    if (gpus.length > 0) return measured({ gpus, fields });
    return absent(said ? `${command.path} printed no GPU but "${said}"` : `${command.path} found no devices`);
  }
}

/** The longest real name has some 40. */
const mostCharacters = 200;

function parseGpu(line: string, fields: readonly string[]): readonly SampledGpu[] {
  const cells = line.trim() === "" ? null : parseCells(line);
  if (!cells || cells.length !== fields.length) return [];
  const text = (field: string) => {
    const cell = cells[fields.indexOf(field)];
    return cell === undefined || isAbsent(cell) ? null : printable(cell, mostCharacters);
  };
  const number = (field: string) => {
    const value = parseNumber(text(field) ?? "");
    return Number.isNaN(value) ? null : value;
  };
  const index = number("index");
  if (index === null) return [];
  const memoryTotalMiB = number("memory.total");
  return [
    {
      index,
      uuid: text("uuid"),
      name: text("name") ?? "unknown",
      driverVersion: text("driver_version"),
      memoryTotalBytes: memoryTotalMiB === null ? null : memoryTotalMiB * 2 ** 20,
      powerLimitW: number("power.limit"),
      mig: { enabled: true, disabled: false }[text("mig.mode.current")?.toLowerCase() ?? ""] ?? null,
    },
  ];
}

/**
 * Picks a GPU by index or uuid (or an unambiguous beginning of one), else the first that `CUDA_VISIBLE_DEVICES` shows.
 *
 * Absent where that variable hides every GPU or names none of these (a single MIG slice has no power sensor).
 *
 * @throws MeterError E_GPU_NOT_FOUND where `wanted` names none
 */
export function pickGpu(
  gpus: readonly SampledGpu[],
  wanted: number | string | undefined,
  visible: string | undefined,
): Figure<SampledGpu> {
  const name = wanted ?? (visible === undefined ? (gpus[0]?.index ?? 0) : (visible.split(",")[0] ?? "").trim());
  const found = findGpu(gpus, String(name));
  if (found) return measured(found);
  const present = gpus.map(({ index, uuid, name }) => `${index} (${name}, ${uuid ?? "no uuid"})`).join(", ");
  if (wanted === undefined && visible?.startsWith("MIG-")) {
    return absent(
      `CUDA_VISIBLE_DEVICES is "${visible}", a MIG slice, which has no power sensor of its own; sampling is by whole GPU: ${present}`,
    );
  }
  if (wanted === undefined) {
    return absent(`CUDA_VISIBLE_DEVICES is "${visible}", which is none of the GPUs here: ${present}`);
  }
  throw new MeterError(
    "E_GPU_NOT_FOUND",
    `meter: expected the index or uuid of a GPU, got "${wanted}"; present: ${present}. Name one of these.`,
    { wanted, present: gpus },
  );
}

function findGpu(gpus: readonly SampledGpu[], name: string): SampledGpu | undefined {
  if (/^\d+$/.test(name)) return gpus.find(({ index }) => index === Number(name));
  const matching = name === "" ? [] : gpus.filter(({ uuid }) => uuid?.startsWith(name));
  return matching.length === 1 ? matching[0] : undefined;
}
