import { names, text, wholeList } from "./kinds/index.js";
import { fieldsIn, withDefault } from "./setting.js";

const named = fieldsIn("What runs");
const machine = fieldsIn("Where it runs");

/**
 * What a suite names and a plan finds. They are no settings of a run: its identity covers what was found (weights, files, a
 * device), and its record has other fields for it.
 */
export const suiteFields = {
  tasks: named({ kind: names(), help: "GLUE tasks to train on" }),
  seeds: withDefault(
    [0],
    named({ kind: wholeList(), help: "Seeds, single or as ranges; every run is repeated with each" }),
  ),
  backbone: named({ kind: text(), help: "A backbone that bench list names, a directory, or hf:ORG/REPO" }),
  data: withDefault(
    "auto",
    named({
      kind: text("<auto|sample|dir>"),
      help: "GLUE's files: auto takes the cache, else a download, else the built-in sample; sample is not GLUE; or a directory",
    }),
  ),
  device: withDefault(
    "auto",
    machine({
      kind: text(),
      help: "A device that bench list names, or auto, the fastest that can be used",
      commands: ["glue", "eval", "submit"],
    }),
  ),
};
