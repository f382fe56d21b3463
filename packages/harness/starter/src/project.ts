import { jsonText } from "./json-text.js";
import { type Files, methodFiles } from "./method.js";
import { methodPackage } from "./method-package.js";
import { rowsText } from "./rows.js";
import { filled } from "./template.js";

export interface ProjectWanted {
  /** Of the method, as {@link isMethodName} takes it. */
  readonly name: string;
  /** Of petl-bench and its packages. */
  readonly version: string;
  /** Everything of the suite but its name, the project's own method, which comes first, and its tasks. */
  readonly suite: { readonly methods: readonly unknown[] } & Readonly<Record<string, unknown>>;
}

/** A project of one's own: a method's package with a task, its rows, and a suite that compares the method with others. */
export function projectFiles({ name, version, suite }: ProjectWanted): Files {
  const { "package.json": manifest = "", ...others } = methodPackage(name, version);
  const { devDependencies, ...fields } = JSON.parse(manifest) as { devDependencies: Record<string, string> };
  return {
    "package.json": jsonText({ ...fields, devDependencies: { ...devDependencies, "petl-bench": `^${version}` } }),
    ...others,
    ...methodFiles(name),
    "task.json": jsonText({ name: "mood", data: "rows.csv", text: "note", label: "mood", title: "Mood of a visit" }),
    "rows.csv": rowsText(),
    "suite.mjs": suiteText(name, {
      name,
      ...suite,
      methods: [{ method: "." }, ...suite.methods],
      tasks: ["./task.json"],
    }),
    "README.md": filled("project-readme.md", name),
  };
}

function suiteText(name: string, suite: Readonly<Record<string, unknown>>): string {
  const literal = JSON.stringify(suite, null, 2).replace(/^(\s*)"(\w+)":/gm, "$1$2:");
  return filled("suite.mjs", name).replace("SUITE", () => literal);
}
