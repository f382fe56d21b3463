import type { ChosenSettings } from "@petl/results";
import type { Figure } from "./figure.js";

/** What the trials of one method took: training and evaluation. */
export interface SearchCosts {
  readonly timeS: Figure;
  readonly energyJ: Figure;
}

/** The search for the settings of one method on one task. */
export interface SearchResult {
  /** Id of the variant that was run with what it chose; null where none was yet. */
  readonly variant: string | null;
  /** Of the variant, else of the method. */
  readonly label: string;
  readonly task: string;
  readonly taskLabel: string;
  /** Trials that it began with; a trial may have several runs, one a rung. */
  readonly trials: number;
  readonly rungs: number;
  /** Trials that diverged in some rung; they count as the worst. */
  readonly diverged: number;
  /** One unless seeds were chosen for apart; empty where nothing was run with the choice yet. */
  readonly chosen: readonly ChosenSettings[];
  readonly costs: SearchCosts;
}
