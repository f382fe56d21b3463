// The files of third-party packages that the built packages load: esbuild follows every import and bundles nothing.
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

/** Folders or files, by package name, that are loaded by path at run time, so esbuild cannot follow them. */
const loadedByPath = {
  "@tensorflow/tfjs-backend-wasm": [
    "package.json",
    "wasm-out/tfjs-backend-wasm-threaded-simd.js",
    "wasm-out/tfjs-backend-wasm-threaded-simd.wasm",
    "dist",
  ],
  "@koromix/koffi-linux-x64": ["index.js", "linux_x64"],
  webgpu: ["dist/linux-x64"],
};

/**
 * Files below `node_modules` that the built files of `packages` load, as `{ from, to }`: `from` is where they are, `to` is where Node finds
 * them in one flat `node_modules`. Optional dependencies that are not installed are left out.
 *
 * @param {string} root
 * @param {readonly { path: string, manifest: Record<string, Record<string, string>> }[]} packages
 */
export async function tracedFiles(root, packages) {
  const result = await build({
    stdin: { contents: entries(root, packages), resolveDir: root },
    ...{ absWorkingDir: root, bundle: true, write: false, metafile: true, platform: "node", format: "esm" },
    ...{ conditions: [], ignoreAnnotations: true, treeShaking: false }, // the conditions of Node, not those of a bundler
    ...{ outfile: "traced.js", logLevel: "error", loader: { ".node": "empty", ".wasm": "empty" } },
  });
  const { inputs } = result.metafile;
  const importers = new Map(); // folder of a package -> folders of the packages that import it
  for (const [file, { imports }] of Object.entries(inputs)) {
    const folder = packageFolder(file);
    for (const path of [file, ...imports.map((each) => each.path)]) {
      const found = packageFolder(path);
      if (found === undefined) continue;
      if (!importers.has(found)) importers.set(found, new Set());
      if (folder !== undefined && folder !== found) importers.get(found).add(folder);
    }
  }
  const places = placesOf(importers);
  const files = withManifests(root, Object.keys(inputs)).flatMap((file) => {
    const folder = packageFolder(file);
    if (folder === undefined) return [];
    return places.get(folder).map((place) => ({ from: file, to: join(place, relative(folder, file)) }));
  });
  for (const [folder, all] of places) {
    const licenses = readdirSync(join(root, folder)).filter((name) => /^(licen[cs]e|notice)/i.test(name));
    for (const path of ["package.json", ...licenses, ...(loadedByPath[nameOf(folder)] ?? [])])
      for (const place of all) files.push({ from: join(folder, path), to: join(place, path) });
  }
  return [...files, ...nativeParts(root, places)];
}

/** The files, and every package.json between one and its package's folder: such a one says how Node reads the files beside it. */
function withManifests(root, files) {
  const manifests = files.flatMap((file) => {
    const folder = packageFolder(file);
    const found = [];
    for (let at = dirname(file); folder !== undefined && at !== folder && at.startsWith(folder); at = dirname(at))
      found.push(join(at, "package.json"));
    return found;
  });
  return [...files, ...[...new Set(manifests)].filter((file) => existsSync(join(root, file)))];
}

/** Imports every built file and the packages that it requires by name. */
function entries(root, packages) {
  const imports = packages.flatMap(({ path, manifest }) => {
    const require = createRequire(join(root, path, "package.json"));
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    const others = needed.filter((name) => !name.startsWith("@petl/")).flatMap((name) => mainOf(require, name));
    return [...(manifest.scripts?.build === undefined ? [] : builtFiles(join(root, path))), ...others];
  });
  return imports.map((file) => `import ${JSON.stringify(file)};`).join("\n");
}

function mainOf(require, name) {
  try {
    return [require.resolve(name)];
  } catch {
    return []; // its import is followed if there is one; optional packages may be absent
  }
}

function builtFiles(directory) {
  const dist = join(directory, "dist");
  if (!existsSync(dist)) throw new Error(`${directory}: expected a build, got none; run pnpm build`);
  return readdirSync(dist, { recursive: true })
    .filter((file) => /\.m?js$/.test(file))
    .filter((file) => existsSync(join(directory, "src", file.replace(/\.m?js$/, ".ts")))) // an earlier build may have left others
    .map((file) => join(dist, file));
}

/** `.../node_modules/NAME` of a file; undefined elsewhere. */
const packageFolder = (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
const nameOf = (folder) => /node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(folder)[1];

/** One version of each package at the top; other versions below the packages that import them. */
function placesOf(importers) {
  const top = new Map();
  for (const folder of importers.keys()) if (!top.has(nameOf(folder))) top.set(nameOf(folder), folder);
  const placeOf = (folder) => {
    const place = `node_modules/${nameOf(folder)}`;
    if (top.get(nameOf(folder)) === folder) return [place];
    return [...importers.get(folder)].flatMap((importer) => placeOf(importer).map((outer) => join(outer, place)));
  };
  return new Map([...importers.keys()].map((folder) => [folder, placeOf(folder)]));
}

/** koffi finds its native code in a separate package beside it. */
function nativeParts(root, places) {
  const koffi = [...places.keys()].find((folder) => nameOf(folder) === "koffi");
  if (koffi === undefined) return [];
  const name = "@koromix/koffi-linux-x64";
  const folder = join(realpathSync(join(root, koffi)), "..", name);
  if (!existsSync(folder)) return [];
  const real = relative(root, realpathSync(folder));
  return ["package.json", ...loadedByPath[name]].map((path) => ({
    from: join(real, path),
    to: join("node_modules", name, path),
  }));
}
