// Runs tfjs-core's own conformance specs on the built CPU device and writes their results to a file: run-specs.mjs KERNELS FILE
//
// A process of its own, because the specs reset tfjs's engine and want Jasmine's globals. Their copy of tfjs-core and the
// device's share one engine and one kernel registry, which tfjs-core keeps on the global object.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import cpu from "@petl/device-cpu";
import { tf } from "@petl/tensor";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const jasmineFile = require.resolve("jasmine-core/lib/jasmine-core/jasmine.js");
const core = join(dirname(require.resolve("@tensorflow/tfjs-core/package.json")), "dist");
const [kernels, file] = process.argv.slice(2);

/** The specs as one script; environments are set before they are loaded, because loading declares them. */
const { outputFiles } = await build({
  stdin: {
    contents: `require("./jasmine_util").setTestEnvs(globalThis.testEnvironments); require("./tests");`,
    resolveDir: core,
  },
  bundle: true,
  write: false,
  platform: "node",
  format: "cjs",
  ignoreAnnotations: true,
  external: ["node-fetch"],
  alias: { "jasmine-core/lib/jasmine-core/jasmine.js": jasmineFile },
  logLevel: "error",
});

const device = await cpu.open({ kernels, threads: 2 });
const jasmineRequire = require(jasmineFile);
const jasmine = jasmineRequire.core(jasmineRequire);
const specs = jasmine.getEnv({ suppressLoadErrors: true });
Object.assign(globalThis, jasmineRequire.interface(jasmine, specs), {
  jasmine,
  testEnvironments: [{ name: "cpu device", backendName: tf.getBackend(), isDataSync: true }],
});
specs.configure({ random: false });
const results = [];
specs.addReporter({
  specDone: ({ fullName, status, failedExpectations }) =>
    results.push({
      name: fullName.replace(" cpu device {}", ":"),
      status,
      message: failedExpectations[0]?.message ?? "",
    }),
});
for (const method of ["log", "warn", "error"]) console[method] = () => {}; // specs print what they try
new Function("require", "module", "exports", outputFiles[0].text)(require, { exports: {} }, {});
await specs.execute();
const registered = tf.getKernelsForBackend("wasm").map(({ kernelName }) => kernelName);
writeFileSync(file, JSON.stringify({ registered, own: device.details.kernels, results }));
process.exit(0); // some specs leave timers behind
