import { defaultSettings, type TrainSettings } from "@petl/trainer";
import { z } from "zod";
import { BenchError } from "../errors.js";

const count = z.int().min(1);

/** What a suite may set of training and evaluation; what is absent is the trainer's default. */
const suiteSettings = z
  .strictObject({
    epochs: count,
    steps: count.nullable(),
    batchSize: count,
    evalBatchSize: count,
    maxLength: z.int().min(2),
    maxTargetLength: z.int().min(2),
    learningRate: z.number().positive(),
    weightDecay: z.number().nonnegative(),
    warmupSteps: z.int().nonnegative().nullable(),
    schedule: z.enum(["linear", "constant", "cosine", "inverse-sqrt"]),
    clipNorm: z.number().positive().nullable(),
    dropout: z.number().min(0).lt(1),
    recompute: z.boolean(),
    evalEvery: count.nullable(),
    patience: count.nullable(),
    bucketing: z.boolean(),
    decode: z.enum(["trie", "free"]),
  })
  .partial();

const cacheActivations = z.enum(["auto", "on", "off"]);
const bytes = z.int().nonnegative();

/** A suite as data: which methods, on which tasks, with which seeds, and everything the runs share. */
const suiteSchema = z.strictObject({
  /** For the output directory and the records: letters, digits, `.`, `_`, `-`. */
  name: z.string().regex(/^[\w.-]+$/),
  /** One sentence, for `bench list`. */
  description: z.string().optional(),
  methods: z
    .array(
      z.strictObject({
        /** As `loadMethod` takes it. */
        method: z.string().min(1),
        config: z.record(z.string(), z.unknown()).default({}),
        /** Over the suite's own, to compare a method with and without. */
        cacheActivations: cacheActivations.optional(),
      }),
    )
    .min(1),
  tasks: z.array(z.string()).min(1),
  seeds: z.array(z.int().nonnegative()).min(1).default([0]),
  backbone: z.string().min(1),
  /** Backbones that the learning rates were fitted for; absent: they hold for any. */
  fittedFor: z.array(z.string()).optional(),
  /** `auto`, `sample`, or a directory in GLUE's official layout. */
  data: z.string().default("auto"),
  device: z.string().default("auto"),
  /** Threads the device computes with; null: what the machine has. */
  threads: count.nullable().default(null),
  /** Which kernels the CPU computes with; other devices leave it aside. */
  cpuKernels: z.enum(["auto", "blas", "wasm", "simd"]).default("auto"),
  /** Which GPU, counted from 0 as `bench doctor` lists them; `software`: one that the CPU emulates; null: the first. */
  gpu: z
    .union([z.int().nonnegative(), z.literal("software")])
    .nullable()
    .default(null),
  settings: suiteSettings.default({}),
  /** Settings of single tasks, over those of the suite. */
  taskSettings: z.record(z.string(), suiteSettings).default({}),
  /** Training examples, at most; null: all. Several: each run once with each. */
  limit: z
    .union([count, z.array(count).min(1)])
    .nullable()
    .default(null),
  /** Examples of each evaluation split, at most; null: all. */
  evalLimit: count.nullable().default(null),
  textFormat: z.enum(["t5", "lst"]).default("t5"),
  /** Whether what is read of a frozen backbone is kept: where it pays (auto), wherever it is right (on), or never. */
  cacheActivations: cacheActivations.default("auto"),
  /** Bytes a run may keep in all, or in memory and on disk apart; null: a quarter of what is free of each. */
  cacheBudget: z
    .union([bytes, z.strictObject({ memoryBytes: bytes, diskBytes: bytes }).partial()])
    .nullable()
    .default(null),
  /** Whether runs over the same backbone and examples use each other's. */
  shareCache: z.boolean().default(false),
  /** The method that a report compares the others with; null: none. */
  reference: z.string().nullable().default(null),
});

export type Suite = z.infer<typeof suiteSchema>;
/** A suite as it is written: defaults left out. */
export type SuiteInput = z.input<typeof suiteSchema>;

/** @throws BenchError E_SUITE_INVALID naming the first wrong field */
export function parseSuite(input: unknown, where: string): Suite {
  const parsed = suiteSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new BenchError("E_SUITE_INVALID", `${where}: ${issue.path.join(".") || "suite"}: ${issue.message}`);
}

/** The settings of one run. */
export function settingsOf(suite: Suite, task: string, seed: number): TrainSettings {
  const given = { ...suite.settings, ...suite.taskSettings[task] };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...defaultSettings, ...present, seed };
}
