import type { MethodFlag } from "./method-flag.js";

/** The flags of `bench glue` as commander hands them over; absent where not given. */
export interface GlueFlags {
  readonly preset?: string;
  readonly suite?: string;
  readonly methods?: string[];
  readonly method?: MethodFlag[];
  readonly tasks?: string[];
  readonly backbone?: string;
  readonly data?: string;
  readonly device?: string;
  readonly threads?: number;
  readonly gpu?: number | "software";
  readonly cpuKernels?: "auto" | "blas" | "wasm" | "simd";
  readonly seeds?: number[];
  readonly epochs?: number;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly evalBatchSize?: number;
  readonly maxLength?: number;
  readonly learningRate?: number;
  readonly warmupSteps?: number;
  readonly schedule?: "linear" | "constant" | "cosine" | "inverse-sqrt";
  readonly dropout?: number;
  readonly recompute?: boolean;
  readonly decode?: "trie" | "free";
  readonly evalEvery?: number;
  readonly patience?: number;
  readonly limit?: number;
  readonly evalLimit?: number;
  readonly cacheActivations?: "auto" | "on" | "off";
  readonly cacheBudget?: number | { readonly memoryBytes: number; readonly diskBytes: number };
  readonly shareCache?: boolean;
  readonly textFormat?: "t5" | "lst";
  readonly out?: string;
  readonly force?: boolean;
  readonly save?: boolean;
  /** False with `--no-resume`. */
  readonly resume: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False with `--no-progress`. */
  readonly progress: boolean;
  readonly allowBusy?: boolean;
  /** Seconds. */
  readonly coolDown?: number;
}
