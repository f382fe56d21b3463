import { choice, names, number, text, whole, wholeList } from "./kinds/index.js";
import { fieldsIn, withDefault } from "./setting.js";

const named = fieldsIn("What runs");
const compared = fieldsIn("How methods are compared");
const machine = fieldsIn("Where it runs");

/**
 * What a suite names and a plan finds. They are no settings of a run: its identity covers what was found (weights, files, a
 * device), and its record has other fields for it.
 */
export const suiteFields = {
  tasks: named({
    kind: names(),
    help: "Tasks to train on: GLUE's, those of a collection (superglue/boolq, superglue), or files that describe one",
  }),
  seeds: withDefault(
    [0],
    named({ kind: wholeList(), help: "Seeds, single or as ranges; every run is repeated with each" }),
  ),
  trials: withDefault(
    8,
    compared({
      kind: whole({ max: 1024 }),
      help: "Learning rates tried for each method and task with --protocol tuned, the same for all; 0 takes the rates as given",
    }),
  ),
  decades: withDefault(
    3,
    compared({
      kind: number({ above: 0, placeholder: "<decades>" }),
      help: "Width of the space of learning rates in powers of ten, around each method's own default",
    }),
  ),
  search: withDefault(
    "halving",
    compared({
      kind: choice(["halving", "grid"], "<how>"),
      help: "How trials are trained: halving trains all trials briefly, then the better half for twice as long, until two are left; grid trains each to the end",
    }),
  ),
  backbone: named({ kind: text(), help: "A backbone that bench list names, a directory, or hf:ORG/REPO" }),
  data: withDefault(
    "auto",
    named({
      kind: text("<auto|sample|hf|dir>", ["auto", "sample", "hf"]),
      help: "GLUE's files: auto takes the cache, else a download, else the built-in sample; hf takes those of the Hugging Face hub; sample is not GLUE; or a directory",
    }),
  ),
  device: withDefault(
    "auto",
    machine({
      kind: text("<name>", ["auto"]),
      help: "A device that bench list names, or auto, the fastest that can be used",
      commands: ["glue", "eval", "submit"],
    }),
  ),
};
