// Makes @petl/device-node usable: fetches TensorFlow's wheel, and builds tfjs-node's addon against the C library in it.
// Nothing else runs this; see docs/gpu-hosts.md.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const usage = `usage: pnpm setup:node-gpu [--cpu] [--release VERSION] [--wheels DIR | --tensorflow DIR]
  --cpu              TensorFlow for the CPU (default: the one with CUDA 12, and NVIDIA's libraries: 6 GB on disk)
  --release VERSION  of TensorFlow (default: 2.21.0)
  --wheels DIR       take the wheels from this folder, no network
  --tensorflow DIR   a TensorFlow that is installed: .../site-packages/tensorflow; nothing is fetched
needs Linux, g++ (C++17) and, but for --tensorflow, python3 with pip, which fetches the wheels`;

const target = fileURLToPath(new URL("native", import.meta.url));
const building = `${target}.new`; // replaces the old one after everything has worked
const site = join(building, "site");
const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const machines = { x64: "x86_64", arm64: "aarch64" };
const require = createRequire(import.meta.url);

const run = (command, parameters) => execFileSync(command, parameters, { stdio: ["ignore", "inherit", "inherit"] });

/** Fetches wheels with pip and unpacks them side by side; any Python version will do, because none of it runs. */
function unpackWheels(names, wheels) {
  const platforms = ["manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014"].flatMap((name) => [
    "--platform",
    `${name}_${machines[process.arch]}`,
  ]);
  const source = wheels === undefined ? [] : ["--no-index", "--find-links", resolve(wheels)];
  const kind = ["--only-binary", ":all:", "--no-deps", "--implementation", "cp", "--python-version", "3.11"];
  const how = ["--quiet", "--disable-pip-version-check", "--no-compile", "--upgrade", "--target", site];
  run("python3", ["-m", "pip", "install", ...how, ...kind, ...platforms, ...source, ...names]);
}

/** NVIDIA's libraries that the wheel requires with the extra "and-cuda". */
function cudaWheels() {
  const [metadata] = readdirSync(site).filter((name) => /^tensorflow-.*dist-info$/.test(name));
  const text = readFileSync(join(site, metadata, "METADATA"), "utf8");
  return [...text.matchAll(/^Requires-Dist: ([^;\n]+);.*extra == ['"]and-cuda['"]/gm)].map(([, name]) =>
    name.replace(/[\s()]/g, ""),
  );
}

/** Keeps the parts of TensorFlow that the addon needs to build and run. */
function prune(tensorflow) {
  const kept = new Set(["include", ...libraries]);
  for (const name of readdirSync(tensorflow))
    if (!kept.has(name)) rmSync(join(tensorflow, name), { recursive: true, force: true });
}

/** Builds the addon; at run time it looks for the libraries in `place`. */
function build(tensorflow, place) {
  const tfjsNode = join(require.resolve("@tensorflow/tfjs-node-gpu/package.json"), "..");
  const headers = require("node-api-headers").include_dir;
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(tfjsNode, "binding", file));
  const addon = join(building, "tfjs_binding.node");
  const places = [headers, join(tensorflow, "include"), tfjsNode].map((path) => `-I${path}`);
  const links = [`-L${tensorflow}`, ...libraries.map((file) => `-l:${file}`), `-Wl,-rpath,${place}`];
  const options = ["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"];
  run("g++", [...options, ...places, ...sources, ...links, "-o", addon]);
  return addon;
}

/** Loads the addon in a separate process and returns the library's version. */
function versionOf(addon) {
  const program = `process.stdout.write(require(${JSON.stringify(addon)}).TF_Version)`;
  return execFileSync(process.execPath, ["-e", program], {
    encoding: "utf8",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function setUp({ cpu = false, release = "2.21.0", wheels, tensorflow: given }) {
  if (process.platform !== "linux" || machines[process.arch] === undefined)
    throw new Error(`expected Linux on x64 or arm64, got ${process.platform} ${process.arch}`);
  const tensorflow = given === undefined ? join(site, "tensorflow") : resolve(given);
  const check = () => {
    for (const name of ["include", ...libraries])
      if (!existsSync(join(tensorflow, name))) throw new Error(`expected ${name} in ${tensorflow}, found none`);
  };
  if (given !== undefined) check();
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building);
  if (given === undefined) {
    unpackWheels([`tensorflow${cpu ? "-cpu" : ""}==${release}`], wheels);
    check();
    prune(tensorflow);
    if (!cpu) unpackWheels(cudaWheels(), wheels);
  }
  const version = versionOf(build(tensorflow, given === undefined ? "$ORIGIN/site/tensorflow" : tensorflow));
  const setup = {
    ...{ variant: cpu ? "cpu" : "gpu", tensorflow: version, platform: `${process.platform} ${process.arch}` },
    builtWith: process.version,
  };
  writeFileSync(join(building, "setup.json"), `${JSON.stringify(setup, null, 2)}\n`);
  rmSync(target, { recursive: true, force: true });
  renameSync(building, target);
  console.log(`TensorFlow ${version} (${setup.variant}) is set up; run bench doctor to check that it works here`);
}

try {
  const { values } = parseArgs({
    options: {
      cpu: { type: "boolean" },
      release: { type: "string" },
      wheels: { type: "string" },
      tensorflow: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) console.log(usage);
  else setUp(values);
} catch (error) {
  console.error(`error: ${error.message}\n${usage}`);
  process.exitCode = 2;
}
