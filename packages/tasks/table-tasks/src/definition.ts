import { metricNames, TaskError } from "@petl/task";
import { z } from "zod";

const name = z
  .string()
  .regex(/^[a-z0-9][\w.-]*$/i, "expected letters, digits, `.`, `_` or `-`")
  .max(60);
const files = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const label = z.union([z.string(), z.number()]).transform(String);

const definitionShape = z.strictObject({
  /** Short, for flags, records and file names. */
  name,
  /** As tables print it; default: the name. */
  title: z.string().min(1).optional(),
  /**
   * The rows: one file or a folder to train on, a data set of the hub (`hf:ORG/NAME[/CONFIG][@REVISION]`), or files by split, of which
   * `train` is needed and `test` is scored. Without `test` a fifth of the rows is kept for it.
   */
  data: z.union([files, z.strictObject({ train: files, test: files.optional() })]),
  /** The split of a data set that is scored; default: `test`, else `validation`. */
  test: z.string().min(1).optional(),
  /** The columns with the texts, in the order in which they are written. */
  text: z.union([
    z
      .string()
      .min(1)
      .transform((column) => [column]),
    z.array(z.string().min(1)).min(1),
  ]),
  /** The column with the answers; of texts, several may be right, in a list. `answers.text` is `text` in the column `answers`. */
  label: z.string().min(1),
  /** Default: a score where the answers are numbers and many, else classes. A text is written in the model's own words. */
  kind: z.enum(["class", "score", "text"]).optional(),
  /** The classes as the files write them, in the order of their indexes, or with the word a model writes for each; default: those found. */
  labels: z
    .array(
      z.union([
        label.transform((file) => ({ file, word: file })),
        z.strictObject({ file: label, word: z.string().min(1) }),
      ]),
    )
    .min(2)
    .optional(),
  /**
   * The columns whose values together name the group of a row, such as the question of a proposed answer: groups stay whole where rows are
   * drawn, and are what `group_exact_match` counts.
   */
  group: z
    .union([
      z
        .string()
        .min(1)
        .transform((column) => [column]),
      z.array(z.string().min(1)).min(1),
    ])
    .optional(),
  /** Whether rows of the scored split with the same texts are one example, for which all their answers are right; of texts only. */
  mergeRows: z.boolean().optional(),
  /** The score is their mean; default: accuracy, Pearson's and Spearman's correlation, or ROUGE-L. */
  metrics: z.array(z.enum(metricNames)).min(1).optional(),
  /** Whether T5's format writes the texts by their columns' names, as Google's does for GLUE and SuperGLUE. */
  sortsFields: z.boolean().optional(),
  /** Tokens that a source and an answer need, where a suite does not say how many are kept. */
  lengths: z.strictObject({ source: z.int().positive().optional(), answer: z.int().positive().optional() }).optional(),
  /** How a decoder is asked; default: the texts and the possible answers. */
  prompt: z.strictObject({ text: z.string().min(1), answers: z.array(z.string().min(1)).optional() }).optional(),
});

/** A task of one's own, as it is written in a file or made of flags. */
export type TaskDefinition = z.input<typeof definitionShape>;
export type ParsedDefinition = z.output<typeof definitionShape>;

/** A definition with the editor's help. */
export const defineTask = (definition: TaskDefinition): TaskDefinition => definition;

/** @throws {TaskError} `E_TASK_DEFINITION` naming the first wrong field */
export function parseDefinition(value: unknown, where: string): ParsedDefinition {
  const parsed = definitionShape.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const place = issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  const known =
    issue.code === "unrecognized_keys" ? `; expected one of ${Object.keys(definitionShape.shape).join(", ")}` : "";
  throw new TaskError("E_TASK_DEFINITION", `${where}: ${place}${issue.message}${known}`);
}
