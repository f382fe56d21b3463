import { type TrackerName, trackerNames } from "@petl/tracking";
import { type Command, InvalidArgumentError, Option } from "commander";
import { names } from "../../parse-arguments.js";

/** Adds `--log`, which may be repeated and holds one name or several. */
export function addLogFlag(command: Command): void {
  command.addOption(
    new Option(
      "--log <a,b>",
      `Also log each run's losses, scores and costs to ${trackerNames.join(", ")}; repeat it or give a list (default: none)`,
    ).argParser(parseLog),
  );
}

function parseLog(text: string, before: TrackerName[] = []): TrackerName[] {
  const chosen = names(text).map((name) => {
    const found = trackerNames.find((each) => each === name);
    if (found === undefined)
      throw new InvalidArgumentError(`expected ${trackerNames.join(" or ")}, got ${JSON.stringify(name)}.`);
    return found;
  });
  return [...new Set([...before, ...chosen])];
}
