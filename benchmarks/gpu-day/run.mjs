// A GPU study in one call: what the card and its sensors are, product rates, training steps beside PyTorch and PEFT, the activation
// cache, and the pages about all of it. Parts run by worth, each in a process of its own with a time limit; docs/gpu-hosts.md says more.
// node benchmarks/gpu-day/run.mjs --out DIR [--budget 540] [--rehearse] [--parts NAME,...] [--python python3] [--gpu 0]
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeDirectory } from "@petl/files";
import { parts } from "./parts.mjs";
import { runParts } from "./run-parts.mjs";
import { nvidiaDriverFile } from "./vulkan-driver.mjs";

const usage = `usage: gpu-day/run.mjs --out DIR [flags]
  --out DIR        an empty or new folder: one JSON file a part, logs, traces, index.json, and the pages report.md and report.html
  --budget S       seconds for everything (default 540)
  --parts A,B      only these of ${parts.map(({ name }) => name).join(", ")} (default all)
  --arms N         the first N arms of training and of the cache only (default all that fit the time)
  --python FILE    Python with torch, transformers and peft (default python3)
  --gpu N          which GPU, as bench doctor lists them; nvidia-smi's N too (default 0)
  --rehearse       tiny sizes on a GPU that the CPU emulates, and PyTorch on the CPU: what it prints are no figures of a GPU`;

function options(args) {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: "string" },
      budget: { type: "string", default: "540" },
      parts: { type: "string" },
      arms: { type: "string" },
      python: { type: "string", default: "python3" },
      gpu: { type: "string", default: "0" },
      rehearse: { type: "boolean", default: false },
    },
  });
  if (values.out === undefined) throw new Error("--out: expected a folder, got none; name a new one");
  const out = resolve(values.out);
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new Error(`--out: expected an empty or new folder, got ${out}, which holds files; name another`);
  const wanted = values.parts?.split(",") ?? parts.map(({ name }) => name);
  const unknown = wanted.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined)
    throw new Error(`--parts: expected some of ${parts.map(({ name }) => name).join(", ")}, got ${unknown}`);
  return {
    out,
    budgetS: wholeNumber("--budget", values.budget, 10),
    gpu: wholeNumber("--gpu", values.gpu, 0),
    arms: values.arms === undefined ? null : wholeNumber("--arms", values.arms, 1),
    python: values.python,
    isRehearsal: values.rehearse,
    chosen: parts.filter(({ name }) => wanted.includes(name)),
  };
}

function wholeNumber(flag, text, least) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`${flag}: expected a whole number from ${least} up, got ${text}`);
  return value;
}

async function main() {
  let asked;
  try {
    asked = options(process.argv.slice(2));
  } catch (error) {
    console.error(`error: ${error.message}\n${usage}`);
    return 2;
  }
  const { chosen, out, budgetS, ...settings } = asked;
  for (const folder of ["logs", "raw"]) makeDirectory(join(out, folder));
  const vulkanDriver = settings.isRehearsal ? null : nvidiaDriverFile(join(out, "raw"));
  if (vulkanDriver !== null) process.env.VK_DRIVER_FILES = vulkanDriver;
  const { wasStopped, ended } = await runParts(chosen, { out, budgetS, settings: { ...settings, vulkanDriver } });
  const lacking = ended.filter(({ status }) => status !== "completed");
  console.error(`gpu-day: ${ended.length - lacking.length} of ${ended.length} parts completed; see ${out}`);
  return wasStopped ? 130 : lacking.length > 0 ? 1 : 0;
}

process.exitCode = await main();
