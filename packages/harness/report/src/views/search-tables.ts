import type { Figure } from "../model/figure.js";
import type { ReportGroup } from "../model/model.js";
import type { SearchCosts, SearchResult } from "../model/search.js";
import { distinct } from "../statistics/statistics.js";
import { formatCount, formatNumber, formatScore } from "../text/format.js";
import { costCells } from "./figures.js";
import { type CellInput, type Table, TableBuilder } from "./table.js";

/** What each search chose and cost, a row a task and method; null where none was made. */
export function searchTable(group: ReportGroup): Table | null {
  if (group.search.length === 0) return null;
  const headers = [
    ...["Task", "Method", "Trials", "Diverged", "Learning rate", "Edge of the space", "Held-out score"],
    ...["Search time", "Search energy"],
  ];
  const caption = "What each search chose, and what it cost";
  const table = new TableBuilder(`${group.id}-search`, caption, headers, [0, 1, 5]);
  const [times, energies] = [costsOf(group, "timeS"), costsOf(group, "energyJ")];
  for (const [index, result] of group.search.entries()) {
    const { taskLabel, label, trials, diverged } = result;
    table.row([
      ...[
        taskLabel,
        label,
        { text: formatCount(trials), value: trials },
        { text: formatCount(diverged), value: diverged },
      ],
      ...[choice(result, ({ learningRate }) => learningRate, formatNumber), edge(result)],
      choice(result, ({ validationScore }) => validationScore, formatScore),
      ...[times[index]!, energies[index]!],
    ]);
  }
  return table.build();
}

function costsOf({ search }: ReportGroup, key: keyof SearchCosts): CellInput[] {
  return costCells(
    search.map(({ costs }) => costs[key]),
    { unit: key === "timeS" ? "seconds" : "joules" },
  );
}

const noRun = { missing: "nothing was run with the choice yet" };

/** Values of the choices, of which there is one unless seeds were chosen for apart. */
function choice(
  { chosen }: SearchResult,
  read: (each: SearchResult["chosen"][number]) => number,
  format: (value: number) => string,
): CellInput {
  const values = distinct(chosen.map(read));
  return values.length === 0 ? noRun : { text: values.map(format).join(" / "), value: values[0]! };
}

function edge({ chosen }: SearchResult): CellInput {
  const edges = distinct(chosen.flatMap((each) => each.edge ?? []));
  if (chosen.length === 0) return noRun;
  if (edges.length === 0) return "no";
  return {
    text: edges.join(" / "),
    note: `chosen at the ${edges.join(" and the ")} rate tried: the space was too small`,
  };
}

/** Columns of the summary for what the searches cost, none where there were none. */
export function searchColumns({ summary }: ReportGroup): { readonly header: string; readonly cells: CellInput[] }[] {
  if (summary.every(({ searchCosts }) => searchCosts === null)) return [];
  const column = (header: string, key: keyof SearchCosts, unit: "seconds" | "joules") => {
    const none: Figure = { value: null, reason: "no search was made", relative: null };
    return {
      header,
      cells: costCells(
        summary.map(({ searchCosts }) => searchCosts?.[key] ?? none),
        { unit },
      ),
    };
  };
  return [column("Search time", "timeS", "seconds"), column("Search energy", "energyJ", "joules")];
}
