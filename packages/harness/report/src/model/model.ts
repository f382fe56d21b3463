import type { RunRecord, TensorBytes } from "@petl/results";
import type { Interval, Spread } from "../statistics/statistics.js";
import type { Baseline } from "./baseline.js";
import type { CostKey } from "./cost-columns.js";
import type { Figure } from "./figure.js";
import type { RowPscp } from "./pscp.js";
import type { PlannedTable, PublishedTable } from "./quoted.js";
import type { TaskReach } from "./reach.js";
import type { SearchCosts, SearchResult } from "./search.js";
import type { Standings } from "./standing.js";
import type { RunTrace } from "./trace.js";

/** How a score came about: `dev` reports the best evaluation on dev; `tuned` chooses on held-out training examples. */
type Protocol = RunRecord["run"]["settings"]["protocol"];

/** Everything a report says, as numbers in SI units; the renderers only format it. */
export interface ReportModel {
  readonly title: string;
  readonly generatedAt: string | null;
  readonly reference: string | null;
  /** Runs that are compared. */
  readonly runs: number;
  /** Runs that only chose settings. */
  readonly trials: number;
  /** Comparable runs together: one backbone, device, precision, data and protocol. */
  readonly groups: readonly ReportGroup[];
  readonly leftOut: readonly LeftOut[];
  readonly published: readonly PublishedTable[];
  /** What a forecast predicts for the same methods, apart from the measured figures. */
  readonly planned: readonly PlannedTable[];
  /** Each energy sensor with its sampling and update period. */
  readonly sensors: readonly string[];
  readonly environments: readonly EnvironmentFacts[];
  /** What to do when there is nothing to report; null otherwise. */
  readonly empty: string | null;
}

export interface ReportGroup {
  readonly id: string;
  /** Backbone, device, precision and limits in short. */
  readonly name: string;
  readonly facts: readonly Fact[];
  /** What its runs trained and how, of the first where they differ. */
  readonly trained: Pick<RunRecord["run"], "backbone" | "settings">;
  readonly settings: readonly Fact[];
  /** How far times can be trusted. */
  readonly timeNotices: readonly string[];
  /** Parameters of its tasks' heads: the least and the most, or one where all are equal; empty where none has a head. */
  readonly headParams: readonly number[];
  /** How scores came about. */
  readonly protocol: Protocol;
  /** Labels of the variants whose learning rate was given, not searched. */
  readonly unsearched: readonly string[];
  /** What a reader must know before any figure. */
  readonly headlines: readonly string[];
  /** The records' own notices on their data. */
  readonly notices: readonly string[];
  readonly variants: readonly Variant[];
  readonly tasks: readonly Task[];
  /** Names of the tasks every compared variant completed; sums, peaks and means are over these. */
  readonly commonTasks: readonly string[];
  readonly excludedTasks: readonly ExcludedTask[];
  /** Id of the variant that figures are relative to; null where it was not run. */
  readonly reference: string | null;
  readonly summary: readonly SummaryRow[];
  readonly results: readonly TaskResult[];
  readonly baselines: readonly Baseline[];
  readonly standings: Standings;
  /** A row a method and task that trials were made for. */
  readonly search: readonly SearchResult[];
  /** What the best of so many trials scores on held-out examples, on average: a chart a task, a line a variant. */
  readonly expectedBest: readonly (Task & { readonly lines: readonly Series[] })[];
  /** What it took to come near the reference, by task; empty without a reference. */
  readonly reach: readonly TaskReach[];
  readonly curves: readonly TaskCurves[];
  /** Over the common tasks, a line a variant. */
  readonly spend: Spend;
  /** One run of each variant and task that has a trace. */
  readonly traces: readonly GroupTrace[];
  /** Every run that is shown, with the addresses of its files. */
  readonly runs: readonly GroupRun[];
}

/** One run; addresses are relative to the report, null where not known. */
export interface GroupRun {
  readonly variant: string;
  readonly task: string;
  readonly seed: number;
  readonly status: RunRecord["status"];
  readonly score: number | null;
  readonly trainTimeS: number | null;
  readonly peakTensorBytes: number | null;
  readonly startedAt: string;
  readonly commit: string | null;
  readonly record: string | null;
  readonly trace: string | null;
}

export interface GroupTrace {
  readonly variant: string;
  readonly title: string;
  readonly trace: RunTrace;
}

/** A method with one configuration (and, where a sweep varied them, one set of settings). */
export interface Variant {
  readonly id: string;
  readonly label: string;
  readonly method: string;
  readonly methodPackage: string;
  readonly methodConfig: unknown;
}

export interface Task {
  readonly name: string;
  readonly label: string;
}

export interface ExcludedTask extends Task {
  readonly reasons: readonly string[];
}

/** `relative`: points more than the reference; null for the reference itself. */
export interface NamedMean extends Spread {
  readonly name: string;
  readonly tasks: readonly string[];
  readonly relative: number | null;
  /** 95 % interval over the examples of all tasks, which are independent of each other; null where a task has none. */
  readonly interval: Interval | null;
}

export interface SummaryRow {
  readonly variant: string;
  /** The named means of the task scores (0 to 100); empty where no task was completed. */
  readonly means: readonly NamedMean[];
  readonly counts: NonNullable<RunRecord["counts"]> | null;
  readonly costs: Readonly<Record<CostKey, Figure>>;
  /** Of the trials that chose its settings, over the same tasks; null where none were made. */
  readonly searchCosts: SearchCosts | null;
  /** Null where it was not asked for. */
  readonly pscp: RowPscp | null;
  /** What held the tensor bytes at the training peak of the task with the highest one. */
  readonly memorySplit: TensorBytes | null;
}

/** One variant on one task, over its completed seeds. */
export interface TaskResult {
  readonly variant: string;
  readonly task: string;
  readonly seeds: readonly number[];
  /** The score that is reported and compared. */
  readonly score: Spread | null;
  /** Of the best evaluation on held-out training examples; null where dev itself chose. */
  readonly validation: Spread | null;
  /** Of the last evaluation while training. */
  readonly last: Spread | null;
  /** Updates until the best evaluation, mean over seeds. */
  readonly stepsToBest: number | null;
  /** Mean over seeds of each metric of the score. */
  readonly metrics: readonly { readonly name: string; readonly mean: number }[];
  /** What to know of the scores, over all seeds; empty where there is nothing. */
  readonly notices: readonly string[];
  /** One figure a seed, joined: the highest for peaks, the mean for times and energies. */
  readonly costs: Readonly<Record<CostKey, Figure>>;
  /** Examples that the score is on; null where seeds differ. */
  readonly examples: number | null;
  readonly stepMedianS: number | null;
  readonly tokensPerS: number | null;
  /** 95 % bootstrap interval of the score over the examples, its ends means over seeds; null where not every seed has one. */
  readonly interval: Interval | null;
  readonly energyCheck: EnergyCheck | null;
  readonly epochs: EpochFigures | null;
  readonly conditions: GpuConditions | null;
}

/** How far a training energy can be trusted: what others would have said of the same runs, as a share more or less. */
export interface EnergyCheck {
  /** Integral over the sensor's readings, mean over seeds. */
  readonly trainJ: number;
  /** The driver's own counter. */
  readonly counterOff: number | null;
  /** A sampler that reads once a minute, over all moments at which it could have started. */
  readonly onceAMinute: {
    readonly meanOff: number;
    readonly lowestOff: number;
    readonly highestOff: number;
    /** Share of those moments at which it would have read nothing. */
    readonly emptyShare: number;
  } | null;
  readonly flags: readonly string[];
}

/** Training cost of the first epoch and, on average, of a later one. */
export interface EpochFigures {
  readonly epochs: number;
  readonly firstS: number;
  readonly laterS: number;
  readonly firstJ: number | null;
  readonly laterJ: number | null;
  /** Examples that went forward through the backbone. */
  readonly firstForwards: number;
  readonly laterForwards: number;
  /** Of the frozen backbone's outputs; null where none was used. */
  readonly cache: { readonly hitRate: number; readonly bytes: number } | null;
}

export interface GpuConditions {
  readonly meanSmClockHz: number | null;
  readonly lowestSmClockHz: number | null;
  readonly meanTemperatureC: number | null;
  readonly highestTemperatureC: number | null;
  /** 0 to 1. */
  readonly meanGpuUtilization: number | null;
  readonly powerLimitsW: readonly number[];
  readonly pstates: readonly string[];
  readonly coolDownS: number;
}

export interface TaskCurves extends Task {
  readonly loss: readonly Series[];
  readonly score: readonly Series[];
  readonly spend: Spend;
}

/** Score (0 to 100) against what training had cost by then, in seconds and in joules; a point an epoch. */
export interface Spend {
  readonly time: readonly Series[];
  readonly energy: readonly Series[];
}

/** One run's line; `variant` gives it its colour. */
export interface Series {
  readonly variant: string;
  readonly points: readonly (readonly [x: number, value: number])[];
}

export interface LeftOut {
  readonly what: string;
  readonly kind: "failed" | "cancelled" | "unreadable" | "superseded" | "dirty";
  readonly why: string;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface EnvironmentFacts {
  readonly runs: number;
  readonly facts: readonly Fact[];
}
