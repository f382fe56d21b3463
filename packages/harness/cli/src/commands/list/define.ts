import { backboneNames } from "@petl/backbone";
import { listBackbonePackages, listDevices, listMethods } from "@petl/bench";
import { allTasks } from "@petl/glue";
import { presets } from "@petl/presets";
import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import { section } from "../../terminal/section.js";
import { userDirectory } from "../../user-directory.js";

/** Declares `bench list`. */
export function defineList(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("list")
    .summary("methods, tasks, backbones, presets and devices")
    .description(
      "Lists what can be named on the command line. Methods and devices are packages that were found, not a fixed list.",
    )
    .action(async () => {
      const places = [userDirectory()];
      const [methods, devices, packaged] = await Promise.all([
        listMethods(places),
        listDevices(places),
        listBackbonePackages(places),
      ]);
      console.log(
        [
          section(
            "Methods",
            methods.map(({ method, packageName }) => [method.name, method.paper.title, packageName]),
          ),
          section(
            "Tasks",
            allTasks.map(({ name, title, metrics, splits }) => [
              name,
              title,
              splits.train === undefined ? "diagnostic only: no training data" : metrics.join(", "),
            ]),
          ),
          section("Backbones", [
            ...packaged.map(({ name, description }) => [name, description]),
            ...backboneNames().map((name) => [name]),
            ["DIR", "a checkpoint directory"],
            ["hf:ORG/REPO", "a repository of the Hugging Face hub"],
          ]),
          section(
            "Presets",
            Object.entries(presets).map(([name, { description }]) => [name, description ?? ""]),
          ),
          section(
            "Devices",
            devices.map(({ name, usable, reason }) => [name, usable ? "usable" : "not usable", reason]),
          ),
        ].join("\n\n"),
      );
      finish(0);
    });
}
