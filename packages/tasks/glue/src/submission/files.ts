import type { GlueTask } from "../task.js";
import { ax, cola, mnli, mrpc, qnli, qqp, rte, sst2, stsb, wnli } from "../tasks/index.js";

/** One of the eleven files of a submission to GLUE's server. */
export interface SubmissionFile {
  /** `<name>.tsv` in the archive. */
  readonly name: string;
  /** What it answers. */
  readonly task: GlueTask;
  readonly split: string;
  /** The task whose model predicts it: its own, MNLI's for the diagnostic set. */
  readonly predictedBy: string;
}

const own = (name: string, task: GlueTask, split: string = "test"): SubmissionFile => ({
  name,
  task,
  split,
  predictedBy: task.name,
});

/** The files that the server asks for; it takes no archive that lacks one. */
export const submissionFiles: readonly SubmissionFile[] = [
  own("CoLA", cola),
  own("SST-2", sst2),
  own("MRPC", mrpc),
  own("STS-B", stsb),
  own("QQP", qqp),
  own("MNLI-m", mnli, "test_matched"),
  own("MNLI-mm", mnli, "test_mismatched"),
  own("QNLI", qnli),
  own("RTE", rte),
  own("WNLI", wnli),
  { ...own("AX", ax), predictedBy: mnli.name },
];
