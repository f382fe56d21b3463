import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Application, LogLevel, ReflectionKind } from "typedoc";
import { load as markdown } from "typedoc-plugin-markdown";
import { repositoryRoot } from "../workspace.mjs";

/** Packages that get pages, with their folders. */
const packages = new Map([
  ["@petl/spec", "packages/core/spec"],
  ["@petl/tensor", "packages/core/tensor"],
  ["@petl/trainer", "packages/training/trainer"],
]);
/** Packages in which an export without a docstring is an error: the contract is the product. */
const fullyDocumented = ["@petl/spec"];

/**
 * Writes one Markdown page for each export into `out`, unless there are errors.
 *
 * @param {string} out
 * @returns {Promise<string[]>} exports without a docstring and broken links, one line each
 */
export async function writeApiPages(out) {
  const errors = [];
  const app = await Application.bootstrapWithPlugins({
    name: "petl-bench API",
    plugin: [markdown],
    entryPoints: [...packages.values()].map((folder) => join(repositoryRoot, folder, "src", "index.ts")),
    tsconfig: join(repositoryRoot, "scripts", "api-pages", "tsconfig.json"),
    skipErrorChecking: true, // `check` runs the compiler
    readme: "none",
    disableSources: true,
    excludeExternals: true,
    excludePrivate: true,
    hidePageHeader: true,
    validation: { notExported: true, invalidLink: true, notDocumented: true },
    requiredToBeDocumented: ["Class", "Interface", "Function", "TypeAlias", "Variable", "Enum", "Method", "Accessor"],
    packagesRequiringDocumentation: fullyDocumented,
  });
  app.logger.log = (message, level) => {
    if (level >= LogLevel.Warn) errors.push(stripVTControlCharacters(message));
  };
  const project = await app.convert();
  if (project === undefined) return errors;
  // typedoc names modules by their folders, below the one that they share
  const names = [...packages.keys()];
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
    module.name = names.find((name) => `${packages.get(name)}/src`.endsWith(`/${module.name}`)) ?? module.name;
  }
  app.validate(project);
  if (errors.length === 0) await app.outputs.writeOutput({ name: "markdown", path: out }, project);
  return errors;
}
