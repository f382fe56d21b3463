import { filled } from "./template.js";

/** Texts by path. */
export type Files = Readonly<Record<string, string>>;

/** Whether a method can have the name: lower-case words joined by `-`. */
export const isMethodName = (name: string): boolean => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);

/** Source, test and README of a method, the same inside and outside this repository. */
export function methodFiles(name: string): Files {
  return {
    "src/index.ts": filled("method.ts", name),
    [`test/${name}.test.ts`]: filled("conformance.ts", name),
    "README.md": filled("method-readme.md", name),
  };
}
