// Dependencies point to strictly lower levels, sources import what is declared, and no core package names a method or a model family.
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { importedSpecifiers, lineOf, stringLiterals, withoutComments } from "./source-text.mjs";
import { readSources, readWorkspace, runAsProgram } from "./workspace.mjs";

/** Methods whose names are ordinary English words or given names; only a string that is exactly the name counts as naming them. */
const ordinaryWords = new Set(["read", "full", "vera"]);

/** Methods whose name means something else in core; only their package's name counts. `lst` is also a text format. */
const homonyms = new Set(["lst"]);

const whereAllIsNamed = ["benchmarks", join("packages", "harness", "presets")];

/** A package outside the room of families that is about one: it pre-trains T5. */
const ofOneFamily = join("packages", "training", "pretrain");

/** Model types that mean something else in core; only their family's package counts. `t5` is also a text format. */
const homonymousTypes = new Set(["t5"]);

/** Where model types are names of normalizers, pre-tokenizers and tokenizers in `tokenizer.json` and GGUF. */
const tokenizers = join("packages", "core", "checkpoint", "src", "tokenizer");

/** All violations below `root`, one line each: where, the rule, what to do. */
export function checkArrows(root) {
  const packages = readWorkspace(root);
  const levels = new Map(packages.map(({ manifest }) => [manifest.name, manifest.petl?.level]));
  const methods = packages.filter(isMethod).map(({ directory }) => directory);
  const families = packages.map(({ manifest }) => manifest.name).filter((name) => name?.startsWith("@petl/family-"));
  const modelTypes = new Set(packages.flatMap(({ manifest }) => manifest.petl?.modelTypes ?? []));
  return packages.flatMap((item) => [
    ...levelProblems(item, levels),
    ...readSources(root, item.path).flatMap((source) => [
      ...importProblems(item, source),
      ...(isCore(item) ? namingProblems(source, methods) : []),
      ...(knowsFamilies(item) ? [] : familyProblems(source, families, modelTypes)),
    ]),
  ]);
}

function isMethod({ room, directory }) {
  return room === "methods" && directory !== "testkit";
}

/** Only method packages, presets and benchmarks may name methods. */
function isCore({ path, room }) {
  return room !== "methods" && !whereAllIsNamed.includes(path);
}

/** Only families, what is about one, presets and benchmarks may name the package of a family or a model type. */
function knowsFamilies({ path, room }) {
  return room === "families" || path === ofOneFamily || whereAllIsNamed.includes(path);
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

function familyProblems({ path, text }, families, modelTypes) {
  const code = withoutComments(text);
  const literals = path.startsWith(tokenizers) ? [] : stringLiterals(text);
  const types = literals
    .filter(({ value }) => modelTypes.has(value) && !homonymousTypes.has(value))
    .map(
      ({ value, index }) =>
        `${path}:${lineOf(text, index)}: names-no-family: source names the model type "${value}"; derive what it needs from the family it is given`,
    );
  const packages = families.flatMap((family) => {
    const pattern = new RegExp(`(?<![\\w-])${family}(?![\\w-])`, "g");
    const lines = new Set([...code.matchAll(pattern)].map(({ index }) => lineOf(text, index)));
    return [...lines].map(
      (line) =>
        `${path}:${line}: names-no-family: source names ${family}; take the family as a value, or find it by model_type`,
    );
  });
  return [...packages, ...types];
}

runAsProgram(import.meta.url, checkArrows);
