// Dependencies point to strictly lower levels, sources import what is declared, and no core package names a method or a model family.
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { importedSpecifiers, lineOf, stringLiterals, withoutComments } from "./source-text.mjs";
import { readSources, readWorkspace, runAsProgram } from "./workspace.mjs";

/** Methods whose names are ordinary English words; only a string that is exactly the name counts as naming them. */
const ordinaryWords = new Set(["read", "full"]);

/** Methods whose name means something else in core; only their package's name counts. `lst` is also a text format. */
const homonyms = new Set(["lst"]);

/** Families whose name means something else in core: `t5` is also a text format, and glue writes it. */
const homonymousFamilies = new Set(["t5"]);

/** Where model types are names of normalizers and pre-tokenizers in `tokenizer.json`. */
const tokenizers = join("packages", "core", "checkpoint", "src", "tokenizer");

/** All violations below `root`, one line each: where, the rule, what to do. */
export function checkArrows(root) {
  const packages = readWorkspace(root);
  const levels = new Map(packages.map(({ manifest }) => [manifest.name, manifest.petl?.level]));
  const methods = packages.filter(isMethod).map(({ directory }) => directory);
  const modelTypes = new Set(packages.filter(isFamily).flatMap(({ manifest }) => manifest.petl?.modelTypes ?? []));
  return packages.flatMap((item) => [
    ...levelProblems(item, levels),
    ...readSources(root, item.path).flatMap((source) => [
      ...importProblems(item, source),
      ...(isCore(item) ? namingProblems(source, methods) : []),
      ...(namesNoFamily(item) ? familyProblems(source, modelTypes) : []),
    ]),
  ]);
}

function isMethod({ room, directory }) {
  return room === "methods" && directory !== "testkit";
}

/** Only method packages, presets and benchmarks may name methods. */
function isCore({ path, room }) {
  return room !== "methods" && !["benchmarks", join("packages", "harness", "presets")].includes(path);
}

function isFamily({ room, directory }) {
  return room === "families" && !directory.startsWith("backbone-");
}

/** Only families, what pre-trains one, presets and benchmarks may name families. */
function namesNoFamily({ path, room }) {
  const naming = ["benchmarks", join("packages", "harness", "presets"), join("packages", "training", "pretrain")];
  return room !== null && room !== "families" && !naming.includes(path);
}

function levelProblems({ path, manifest }, levels) {
  const file = `${path}/package.json:1`;
  const own = manifest.petl?.level;
  if (!Number.isInteger(own)) return [`${file}: petl.level: expected an integer, got ${JSON.stringify(own)}`];
  return Object.keys(manifest.dependencies ?? {})
    .filter((name) => levels.has(name) && !(levels.get(name) < own))
    .map(
      (name) =>
        `${file}: lower-level: ${manifest.name} (level ${own}) may not depend on ${name} (level ${levels.get(name)}); ` +
        "a dependency points to a strictly lower level",
    );
}

function importProblems({ manifest }, { path, text }) {
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  const declared = new Set([
    manifest.name,
    ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }),
  ]);
  return importedSpecifiers(text)
    .filter(({ specifier }) => !isBuiltin(specifier))
    .map(({ specifier, index }) => ({ name: packageOf(specifier), index }))
    .filter(({ name }) => !declared.has(name))
    .map(({ name, index }) => {
      const known = manifest.devDependencies?.[name] ? "only a devDependency" : "not declared";
      return `${path}:${lineOf(text, index)}: declared-import: ${name} is ${known}; list it under dependencies of ${manifest.name}`;
    });
}

function packageOf(specifier) {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function namingProblems({ path, text }, methods) {
  const found = methods.flatMap((method) => {
    const code = withoutComments(text);
    const pattern = ordinaryWords.has(method) || homonyms.has(method) ? `method-${method}` : `(?:method-)?${method}`;
    const words = [...code.matchAll(new RegExp(`(?<![\\w-])${pattern}(?![\\w-])`, "gi"))].map(({ index }) => index);
    const strings = stringLiterals(text).filter(({ value }) => value === method && !homonyms.has(method));
    const lines = [...words, ...strings.map(({ index }) => index)].map((index) => lineOf(text, index));
    return [...new Set(lines)].map((line) => ({ line, method }));
  });
  return found.map(
    ({ line, method }) =>
      `${path}:${line}: names-no-method: core source names the method "${method}"; derive what it needs from the attachment`,
  );
}

/** Imports of a family, and strings that are exactly a model type. */
function familyProblems({ path, text }, modelTypes) {
  const imported = importedSpecifiers(text).filter(({ specifier }) => specifier.startsWith("@petl/family-"));
  const literals = path.startsWith(tokenizers) ? [] : stringLiterals(text);
  const strings = literals.filter(({ value }) => modelTypes.has(value) && !homonymousFamilies.has(value));
  const named = [
    ...imported.map(({ specifier, index }) => ({ name: packageOf(specifier), index })),
    ...strings.map(({ value, index }) => ({ name: value, index })),
  ];
  return named.map(
    ({ name, index }) =>
      `${path}:${lineOf(text, index)}: names-no-family: source names the model family "${name}"; derive what it needs from the Family it is given`,
  );
}

runAsProgram(import.meta.url, checkArrows);
