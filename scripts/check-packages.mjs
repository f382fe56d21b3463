// Every package has the same shape, so if you know one you know them all.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addressFields, packageNames, readWorkspace, runAsProgram } from "./workspace.mjs";

const required = ["README.md", "tsconfig.json", "src/index.ts", "test"];
const ownConfiguration = new Set(["package.json", "tsconfig.json"]);
const buildOutputs = new Set([".turbo", "dist", "node_modules"]);
const looksLikeConfiguration = /^\.|\.config\.|\.(jsonc?|json5|ya?ml|toml|ini)$/;

/** All violations below `root`, one line each: file, the rule, what was expected and found. */
export function checkPackages(root) {
  const catalog = readCatalog(root);
  return readWorkspace(root).flatMap((item) => [
    ...manifestProblems(item),
    ...versionProblems(item, catalog),
    // benchmarks hold scripts and tests, and export nothing
    ...(item.room === null
      ? []
      : [...exportProblems(item), ...fileProblems(root, item), ...tsconfigProblems(root, item)]),
  ]);
}

function manifestProblems({ path, room, directory, manifest }) {
  const names = packageNames({ room, directory });
  const name = names.includes(manifest.name) ? manifest.name : names[0];
  const expected = { name, license: "Apache-2.0", type: "module", ...addressFields(path) };
  const problems = Object.entries(expected)
    .map(([field, value]) => [field, JSON.stringify(value), JSON.stringify(manifest[field])])
    .filter(([, wanted, found]) => wanted !== found)
    .map(([field, wanted, found]) => `${field}: expected ${wanted}, got ${found ?? "none"}`);
  if (!manifest.description) problems.push("description: expected one sentence, got none");
  if (room !== null && !manifest.files?.includes("dist"))
    problems.push(`files: expected a list with "dist", got ${JSON.stringify(manifest.files) ?? "none"}`);
  if (!manifest.engines?.node) problems.push("engines.node: expected the supported Node range, got none");
  return problems.map((problem) => `${path}/package.json: ${problem}`);
}

function exportProblems({ path, manifest }) {
  const file = `${path}/package.json: exports`;
  if (!manifest.exports?.["."]) return [`${file}: expected an entry ".", got none`];
  return Object.entries(manifest.exports).flatMap(([entry, conditions]) =>
    typeof conditions !== "string" && Object.keys(conditions).join() !== "source,types,default"
      ? [
          `${file}["${entry}"]: expected source, types, default in this order, got ${Object.keys(conditions).join(", ")}`,
        ]
      : [],
  );
}

function versionProblems({ path, manifest }, catalog) {
  const kinds = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
  return kinds.flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}).flatMap(([name, version]) => {
      const wanted = name.startsWith("@petl/") ? "workspace:*" : "catalog:";
      const where = `${path}/package.json: ${kind}["${name}"]`;
      if (version !== wanted) return [`${where}: expected "${wanted}", got "${version}"`];
      return wanted === "catalog:" && !catalog.has(name)
        ? [`${where}: missing from pnpm-workspace.yaml's catalog`]
        : [];
    }),
  );
}

function fileProblems(root, { path }) {
  const missing = required.filter((file) => !existsSync(join(root, path, file)));
  const extra = readdirSync(join(root, path)).filter(
    (name) => looksLikeConfiguration.test(name) && !ownConfiguration.has(name) && !buildOutputs.has(name),
  );
  return [
    ...missing.map((file) => `${path}/${file}: missing; every package has ${required.join(", ")}`),
    ...extra.map((file) => `${path}/${file}: a package holds no configuration of its own; move it to the root`),
  ];
}

function tsconfigProblems(root, { path }) {
  const file = join(root, path, "tsconfig.json");
  if (!existsSync(file)) return [];
  const base = `${"../".repeat(path.split(/[\\/]/).length)}tsconfig.base.json`;
  const expected = JSON.stringify({ extends: base, include: ["src"] });
  const found = JSON.stringify(JSON.parse(readFileSync(file, "utf8")));
  return found === expected ? [] : [`${path}/tsconfig.json: expected ${expected}, got ${found}`];
}

/** Names listed under `catalog:`; empty without a workspace file. */
function readCatalog(root) {
  const file = join(root, "pnpm-workspace.yaml");
  const section = existsSync(file) ? readFileSync(file, "utf8").split(/^catalog:$/m)[1] : undefined;
  const [entries = ""] = (section ?? "").split(/^\S/m);
  return new Set([...entries.matchAll(/^ {2}"?([^\s":]+)"?:/gm)].map((match) => match[1]));
}

runAsProgram(import.meta.url, checkPackages);
