import { type Command, Option } from "commander";
import { UsageError } from "../exit.js";
import { wholeNumber } from "../parse-arguments.js";

const engines = ["local", "slurm", "kubernetes"] as const;
type Engine = (typeof engines)[number];

/** The flags that say on which machines runs go on, as commander hands them over. */
export interface EngineFlags {
  readonly engine: Engine;
  /** Runs at a time, on whichever engine. */
  readonly parallel?: number;
  readonly cpusPerRun?: number;
  readonly gpusPerRun?: number;
  readonly mem?: string;
  readonly partition?: string;
  readonly time?: string;
  readonly gres?: string;
  readonly account?: string;
  readonly constraint?: string;
  /** `option=value` or `option` of sbatch. */
  readonly sbatch?: string[];
  /** Lines of shell before the run. */
  readonly setup?: string[];
  readonly image?: string;
  readonly claim?: string;
  /** `name:/path`. */
  readonly dataClaim?: string;
  readonly write?: string;
}

type EngineKey = Exclude<keyof EngineFlags, "engine" | "parallel">;

interface Entry {
  readonly flags: string;
  readonly help: string;
  readonly engines: readonly Engine[];
  /** What it may be given; absent: any text. */
  readonly parse?: (text: string) => unknown;
  readonly isRepeatable?: boolean;
}

const several = ["slurm", "kubernetes"] as const;
const gpuCount = wholeNumber(1, 1024);

/** Every flag of an engine that is not local. */
const entries: Readonly<Record<EngineKey, Entry>> = {
  cpusPerRun: {
    flags: "--cpus-per-run <count>",
    help: "Cores of each run",
    engines: several,
    parse: wholeNumber(1, 4096),
  },
  gpusPerRun: { flags: "--gpus-per-run <count>", help: "GPUs of each run", engines: several, parse: gpuCount },
  mem: {
    flags: "--mem <size>",
    help: "Memory of each run, as Slurm (16G) or Kubernetes (16Gi) writes it",
    engines: several,
  },
  partition: { flags: "--partition <name>", help: "Partition of Slurm", engines: ["slurm"] },
  time: {
    flags: "--time <limit>",
    help: "Time limit of each run, such as 2:00:00; one that is not over then goes on in the queue's next turn",
    engines: ["slurm"],
  },
  gres: { flags: "--gres <list>", help: "Resources of each run, such as gpu:a100:1", engines: ["slurm"] },
  account: { flags: "--account <name>", help: "Account that Slurm charges", engines: ["slurm"] },
  constraint: { flags: "--constraint <features>", help: "Features that a node must have", engines: ["slurm"] },
  sbatch: {
    flags: "--sbatch <option=value>",
    help: "Any other option of sbatch, such as qos=low; repeat it",
    engines: ["slurm"],
    isRepeatable: true,
  },
  setup: {
    flags: "--setup <line>",
    help: "A line of shell that runs before, such as 'module load node'; repeat it",
    engines: ["slurm"],
    isRepeatable: true,
  },
  image: {
    flags: "--image <name>",
    help: "Image with this program (scripts/container has its Containerfile)",
    engines: ["kubernetes"],
  },
  claim: {
    flags: "--claim <name>",
    help: "PersistentVolumeClaim with the output folder, mounted at /out",
    engines: ["kubernetes"],
  },
  dataClaim: {
    flags: "--data-claim <name:path>",
    help: "Claim with data and models, mounted at the path they have here",
    engines: ["kubernetes"],
  },
  write: { flags: "--write <file>", help: "Write the Job there", engines: ["kubernetes"] },
};

/** Adds the flags that choose an engine and say what it is asked for. */
export function addEngineFlags(command: Command): void {
  command.optionsGroup("On a cluster");
  command.addOption(
    new Option(
      "--engine <name>",
      "Where runs go on: on this machine, as an array of Slurm, or as a Job of Kubernetes; the output folder must be shared (default: local)",
    )
      .choices(engines)
      .default("local" satisfies Engine, "local"),
  );
  for (const { flags, help, parse, isRepeatable } of Object.values(entries)) {
    const option = new Option(flags, `${help} (default: ${isRepeatable ? "none" : "the cluster's"})`);
    if (parse !== undefined) option.argParser(parse);
    if (isRepeatable) option.argParser((text: string, before: string[] = []) => [...before, text]);
    command.addOption(option);
  }
}

/** Refuses flags that the chosen engine does not read. @throws UsageError */
export function checkEngineFlags(flags: EngineFlags & { readonly gpus?: unknown; readonly force?: boolean }): void {
  const { engine } = flags;
  for (const [key, { flags: spelled, engines: readers }] of Object.entries(entries)) {
    if (flags[key as EngineKey] === undefined || readers.includes(engine)) continue;
    throw new UsageError(
      `${spelled.split(" ")[0]}: expected with --engine ${readers.join(" or ")}, got engine ${engine}`,
    );
  }
  if (engine === "local") return;
  if (flags.gpus !== undefined)
    throw new UsageError(
      `--gpus: expected on this machine, got engine ${engine}; use --gpus-per-run${engine === "slurm" ? " or --gres" : ""}`,
    );
  if (flags.force)
    throw new UsageError(`--force: expected on this machine, got engine ${engine}; use a new --out to run all again`);
}
