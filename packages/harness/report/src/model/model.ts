import type { RunRecord, TensorBytes } from "@petl/results";
import type { RunTrace } from "../model/trace.js";
import type { CostKey } from "./cost-columns.js";
import type { PlannedTable, PublishedTable } from "./quoted.js";

/** Everything a report says, as numbers in SI units; the renderers only format it. */
export interface ReportModel {
  readonly title: string;
  readonly generatedAt: string | null;
  readonly reference: string | null;
  readonly runs: number;
  /** Comparable runs together: one backbone, device, precision and data. */
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
  /** Parameters of its tasks' heads: the least and the most, or one where all are equal; empty where none has a head. */
  readonly headParams: readonly number[];
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

/** `value` null comes with `reason`. `relative`: value / the reference's value; for a score, the difference in points. */
export interface Figure {
  readonly value: number | null;
  readonly reason: string | null;
  readonly relative: number | null;
}

/** `relative`: points more than the reference; null for the reference itself. */
export interface NamedMean extends Spread {
  readonly name: string;
  readonly tasks: readonly string[];
  readonly relative: number | null;
}

/** `deviation` is the sample standard deviation over `count` seeds; null for one seed. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number | null;
  readonly count: number;
  readonly lowest: number;
  readonly highest: number;
}

export interface SummaryRow {
  readonly variant: string;
  /** The named means of the task scores (0 to 100); empty where no task was completed. */
  readonly means: readonly NamedMean[];
  readonly counts: NonNullable<RunRecord["counts"]> | null;
  readonly costs: Readonly<Record<CostKey, Figure>>;
  /** What held the tensor bytes at the training peak of the task with the highest one. */
  readonly memorySplit: TensorBytes | null;
}

/** One variant on one task, over its completed seeds. */
export interface TaskResult {
  readonly variant: string;
  readonly task: string;
  readonly seeds: readonly number[];
  readonly best: Spread | null;
  readonly last: Spread | null;
  /** Updates until the best evaluation, mean over seeds. */
  readonly stepsToBest: number | null;
  /** Mean over seeds of each metric at the best evaluation. */
  readonly metrics: readonly { readonly name: string; readonly mean: number }[];
  /** What to know of the best scores, over all seeds; empty where there is nothing. */
  readonly notices: readonly string[];
  /** One figure a seed, joined: the highest for peaks, the mean for times and energies. */
  readonly costs: Readonly<Record<CostKey, Figure>>;
  /** Examples scored at each evaluation; null where seeds differ. */
  readonly examples: number | null;
  readonly stepMedianS: number | null;
  readonly tokensPerS: number | null;
  /** 95 % bootstrap interval of the best score over the examples, its ends means over seeds; null where not every seed has one. */
  readonly interval: { readonly low: number; readonly high: number } | null;
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
