import { HubError } from "../error.js";
import { type DatasetLayout, gapIn, type Splits } from "./layout.js";

/** A configuration and its splits. */
export interface ChosenConfig {
  readonly config: string;
  readonly splits: Splits;
}

/** The configuration asked for; else the only one, else `default`; undefined where there is none such. */
export function findConfig(layout: DatasetLayout, asked: string | undefined): ChosenConfig | undefined {
  const config = asked ?? (layout.size === 1 ? [...layout.keys()][0]! : "default");
  const splits = layout.get(config);
  return splits && { config, splits };
}

/**
 * As {@link findConfig}. @throws HubError E_NAME_INVALID naming the configurations there are; E_NOT_FOUND where there is none, or files
 * of the chosen one are missing
 */
export function chooseConfig(repository: string, layout: DatasetLayout, asked: string | undefined): ChosenConfig {
  const file = `hf:${repository}`;
  if (layout.size === 0) {
    throw new HubError("E_NOT_FOUND", {
      file,
      expected: "parquet files",
      got: "none, neither converted by the hub nor in the repository",
      remedy: "name a revision that has some, or convert the data set",
    });
  }
  const chosen = findConfig(layout, asked);
  if (chosen === undefined) {
    const names = [...layout.keys()];
    throw new HubError("E_NAME_INVALID", {
      file,
      expected: `one of its configurations (${names.slice(0, 40).join(", ")}${names.length > 40 ? ", ..." : ""})`,
      got: asked === undefined ? "no configuration, and none of them is default" : `"${asked}"`,
      remedy: `name one, such as ${file}/${names[0]}`,
    });
  }
  const gap = gapIn(chosen.splits);
  if (gap === undefined) return chosen;
  throw new HubError("E_NOT_FOUND", {
    file: `${file}/${chosen.config}`,
    expected: "the whole of it as parquet",
    got: gap,
    remedy: `name a revision that has all, such as ${file}/${chosen.config}@main for the repository's own files`,
  });
}
