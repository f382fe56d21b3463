import { lengthSettings, recordShape, renamed, runOptions, trainingSettings } from "@petl/settings";
import { z } from "zod";
import { isRecordId, recordIdForm } from "./record-id.js";
import { costShape, type tensorBytes } from "./schema-cost.js";
import { environmentShape } from "./schema-environment.js";
import { epochsShape } from "./schema-epochs.js";
import { identityShape } from "./schema-identity.js";
import { taskShape } from "./schema-task.js";

/** Version of the record: the only one this package writes and reads. */
export const SCHEMA_VERSION = 2;

const count = z.int().nonnegative();
const seconds = z.number().nonnegative();
const metrics = z.record(z.string(), z.number());
const isoTime = z.iso.datetime({ offset: true });

/** How a run was trained and evaluated: everything that is not the method, task, seed, backbone or device. */
export const RunSettingsSchema = z.preprocess(
  (given) => renamed({ ...trainingSettings, ...runOptions }, given),
  z.object({
    ...recordShape(trainingSettings),
    ...recordShape(runOptions),
    /** As asked for, but `float32` where that is f32: the word of records from before there was the setting. */
    precision: z.string(),
  }),
);

/** Where a trial stands in the search of its method and task; it is scored on held-out training examples only. */
const trial = z.object({
  /** From 1; a trial has the same number in every rung that it reaches. */
  number: count,
  /** Trials that the search began with. */
  of: count,
  /** From 1, of `rungs`: trials of the last one are trained in full. */
  rung: count,
  rungs: count,
  /** How long the run trains that it chooses for; absent where methods of a suite could not differ in it yet. */
  whole: z.object(recordShape(lengthSettings)).optional(),
});

/** What a search chose for the method and task of a run. */
export const ChosenSettingsSchema = z.object({
  /** Number of the trial. */
  trial: count,
  of: count,
  learningRate: z.number(),
  /** Of that trial, on held-out training examples. */
  validationScore: z.number(),
  /** At which end of the space the choice lies: a wider one may hold a better rate. */
  edge: z.enum(["lowest", "highest"]).nullable(),
});

const run = z.object({
  suite: z.string(),
  /** `final` runs are compared; `trial` runs only choose settings; `baseline` runs show what no training scores. */
  stage: z.enum(["final", "trial", "baseline"]).default("final"),
  /** Null for other stages. */
  trial: trial.nullable().default(null),
  /** Null where the settings were given. */
  chosen: ChosenSettingsSchema.nullable().default(null),
  method: z.string().min(1),
  methodPackage: z.string(),
  /** The method's configuration, as JSON; null where there is none. */
  methodConfig: z.unknown().default(null),
  task: z.string().min(1),
  seed: z.int(),
  /** As asked on the command line or in the suite. */
  backbone: z.string(),
  device: z.string(),
  settings: RunSettingsSchema,
});

const counts = z.object({
  /** Those of the task's head among them. */
  trainableParams: count,
  /** Of the task's head; 0 where the backbone answers in text. */
  headParams: count.default(0),
  totalParams: count,
  /** Layers the backward pass goes through, of `layers`; derived from what the method attaches. */
  backwardLayers: count,
  layers: count,
  /** Name of the first site a step differentiates; null: none. */
  gradientStart: z.string().nullable(),
  sites: count,
});

/** What a reader of a score must know, such as an undefined correlation that counts as 0: for programs and in a sentence. */
const notice = z.object({ code: z.string(), message: z.string() });
/**
 * `score` is the task's GLUE score, 0 to 100. `loss` is the mean over the same examples, in nats or as a squared error; null where answers are
 * not scored one by one, and in earlier records.
 */
const scorePoint = z.object({
  step: count,
  epoch: z.number(),
  score: z.number(),
  loss: z.number().nullable().default(null),
  metrics,
  notices: z.array(notice).default([]),
});
/** Of the score, over resamples of the evaluation examples (percentile bootstrap). */
const scoreInterval = z.object({ low: z.number(), high: z.number(), level: z.number(), resamples: count });
/** `interval` is null where the run ended before it was computed. */
const bestPoint = scorePoint.extend({ interval: scoreInterval.nullable() });
const evaluation = scorePoint.extend({
  /** Names of the splits scored, joined by "+". */
  split: z.string(),
  examples: count,
  wallTimeS: seconds,
});

/** The score on examples that chose nothing: made once, at the end, by the model of the best evaluation. */
const testPoint = bestPoint.extend({ split: z.string(), examples: count, wallTimeS: seconds });

/** What the same answer to every example scores, at best. */
const constantScore = z.object({ answer: z.string(), score: z.number() });

/**
 * What a split's examples should have been answered, and what the model answered: class indices, scores or texts, of which several may be
 * right; null: no valid answer. `groups` has a number for each example, the same within a group; absent where each stands alone.
 */
const answers = z.object({
  split: z.string(),
  references: z.array(z.union([z.number(), z.array(z.string()).readonly()])),
  predictions: z.array(z.union([z.number(), z.string()]).nullable()),
  groups: z.array(count).optional(),
});

const failure = z.object({
  name: z.string(),
  code: z.string().nullable(),
  message: z.string(),
  stack: z.string().nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
});

/**
 * One run of one method on one task with one seed: what was asked, what came out, what it cost, and where.
 * Names carry SI units; null means "not measured", never zero.
 */
export const RunRecordSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** `<method>-<task>-<seed>-<hash of its identity>`; the record's file name without `.json`. */
  id: z.string().refine(isRecordId, { error: `expected ${recordIdForm}` }),
  status: z.enum(["completed", "failed", "cancelled"]),
  error: failure.nullable(),
  startedAt: isoTime,
  endedAt: isoTime,
  run,
  ...taskShape,
  ...identityShape,
  counts: counts.nullable(),
  /** `evaluations` are on held-out training examples where there is a `test`, else on dev. */
  scores: z
    .object({
      best: bestPoint,
      last: scorePoint,
      evaluations: z.array(evaluation),
      test: testPoint.nullable().default(null),
      /** On the examples of the reported score; null in records that were made before it was worked out. */
      constant: constantScore.nullable().default(null),
    })
    .nullable(),
  /** Of the reported score, by split; empty where the run ended before it, and in earlier records. */
  answers: z.array(answers).default([]),
  /** Training loss, thinned by the writer if very long. `loss` null: not finite (the run diverged there). */
  curve: z.array(z.object({ step: count, epoch: z.number(), loss: z.number().nullable(), learningRate: z.number() })),
  /** Updates skipped because their gradients were not finite, and what the last loss was multiplied by; null where none was scaled. */
  lossScaling: z.object({ skippedSteps: count, lastScale: z.number().positive() }).nullable().default(null),
  /** When it trained and evaluated, in epoch seconds: the windows of its trace. */
  windows: z.array(z.object({ name: z.enum(["training", "evaluation"]), fromS: z.number(), toS: z.number() })),
  /** Each resumption after an interruption: the last step before it, and when. Windows before it are of earlier processes. */
  resumed: z.array(z.object({ step: count, at: isoTime })),
  /** The power trace beside the record; null where none was written. */
  trace: z.object({ file: z.string(), sha256: z.string() }).nullable(),
  ...costShape,
  ...epochsShape,
  ...environmentShape,
});

export type RunRecord = z.infer<typeof RunRecordSchema>;
/** What a run was made of: sources, weights, data, device and settings, by content. */
export type RunIdentity = NonNullable<RunRecord["identity"]>;
export type RunSettings = z.infer<typeof RunSettingsSchema>;
export type RunStatus = RunRecord["status"];
/** The score of one moment of training; `score` is 0 to 100. */
export type ScorePoint = z.infer<typeof scorePoint>;
export type ScoreNotice = z.infer<typeof notice>;
export type Evaluation = z.infer<typeof evaluation>;
export type ScoreInterval = z.infer<typeof scoreInterval>;
/** A split's references and a model's predictions. */
export type SplitAnswers = z.infer<typeof answers>;
export type Trial = z.infer<typeof trial>;
export type ChosenSettings = z.infer<typeof ChosenSettingsSchema>;
/** Peak live tensor bytes and what held them at that moment. */
export type TensorBytes = z.infer<typeof tensorBytes>;
/** Energy of one window (training or evaluation). */
export type EnergyWindow = NonNullable<NonNullable<RunRecord["energy"]>["training"]>;
/** The cost of one pass over the training examples. */
export type EpochCost = RunRecord["epochs"][number];
/** What was kept of the frozen backbone's outputs, and what it saved. */
export type ActivationCacheFigures = NonNullable<RunRecord["activationCache"]>;
