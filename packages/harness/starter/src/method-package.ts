import { jsonText } from "./json-text.js";
import type { Files } from "./method.js";

/** Versions of what a package of one's own is built and tested with: those of this repository. */
export const tools = { "@types/node": "^20.19.0", typescript: "^7.0.2", vitest: "^4.1.12" } as const;

/**
 * What makes a method's files a package outside this repository, on published packages only.
 *
 * @param name of the method
 * @param version of the `@petl` packages
 * @param more fields of its package.json, over those of any method
 */
export function methodPackage(name: string, version: string, more: Readonly<Record<string, unknown>> = {}): Files {
  const petl = `^${version}`;
  const manifest = {
    name: `petl-method-${name}`,
    version: "0.1.0",
    description: `One sentence on ${name}`,
    type: "module",
    engines: { node: ">=20.19" },
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist"],
    scripts: { build: "tsc", test: "tsc && vitest run" },
    dependencies: { "@petl/spec": petl, "@petl/tensor": petl },
    devDependencies: { "@petl/method-testkit": petl, ...tools },
    ...more,
  };
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    skipLibCheck: true,
    declaration: true,
    rootDir: "src",
    outDir: "dist",
  };
  return {
    "package.json": jsonText(manifest),
    "tsconfig.json": jsonText({ compilerOptions, include: ["src"] }),
    ".gitignore": "dist\nnode_modules\nreports\n",
  };
}
