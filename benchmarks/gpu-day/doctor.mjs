// What the machine is: the driver's own words kept as they are, the adapters that Dawn sees, and the versions of PyTorch's side.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeWholeSync } from "@petl/files";
import { execa } from "execa";
import { complaintOf } from "../peers/peer.mjs";
import { thisPart } from "./part.mjs";

const part = thisPart("doctor");
const cli = fileURLToPath(new URL("../../packages/harness/cli/dist/main.js", import.meta.url));
const ownFile = (name) => fileURLToPath(new URL(name, import.meta.url));
const nvidiaSmi = process.env.NVIDIA_SMI || "nvidia-smi";
const importTorch = `
import json, sys, platform
found = {"python": platform.python_version()}
for name in ("torch", "transformers", "peft"):
    try:
        found[name] = __import__(name).__version__
    except ImportError as error:
        found[name] = None
import torch
found["cuda"] = torch.version.cuda
found["gpu"] = torch.cuda.get_device_name() if torch.cuda.is_available() else None
print(json.dumps(found))`;
const commands = [
  { name: "nvidia-smi-q", command: nvidiaSmi, args: ["-q"] },
  { name: "nvidia-smi", command: nvidiaSmi, args: [] },
  { name: "nvidia-smi-fields", command: nvidiaSmi, args: ["--help-query-gpu"] },
  { name: "nvidia-smi-clocks", command: nvidiaSmi, args: ["-q", "-d", "CLOCK,POWER,PERFORMANCE"] },
  {
    name: "adapters",
    command: process.execPath,
    args: [ownFile("adapters.mjs"), part.isRehearsal ? "software" : "all"],
  },
  { name: "doctor", command: process.execPath, args: [cli, "doctor"] },
  { name: "torch", command: part.python, args: ["-c", importTorch] },
  { name: "vulkan", command: "vulkaninfo", args: ["--summary"] },
];

const results = {};
const summary = { libraries: libraries(), adapters: null, torch: null, commands: results };
/** Asks one command and keeps what it said, whole, whatever its ending. */
async function ask({ name, command, args }) {
  const beganAt = performance.now();
  const timeout = 1000 * Math.max(1, part.leftS());
  const { stdout, stderr, exitCode, timedOut, code, shortMessage } = await execa(command, args, {
    input: "",
    reject: false,
    timeout,
    killSignal: "SIGKILL",
  });
  const file = `${name}.txt`;
  writeWholeSync(part.raw(file), `${stdout ?? ""}\n${stderr ?? ""}`);
  const said = complaintOf(stderr || shortMessage || "");
  const reason = timedOut
    ? `no answer within ${Math.round(timeout / 1000)} s`
    : code === "ENOENT"
      ? `${command} is not on PATH`
      : exitCode === 0
        ? null
        : said || `ended with ${exitCode}`;
  results[name] = {
    exitCode: exitCode ?? null,
    reason,
    tookS: (performance.now() - beganAt) / 1000,
    file: `raw/${file}`,
  };
  if (reason === null && (name === "adapters" || name === "torch")) summary[name] = JSON.parse(jsonIn(stdout));
  console.log(`${name}: ${reason ?? "said"}`);
  part.save(summary);
}

/** What was printed without lines that libraries print before it. */
const jsonIn = (text) => text.slice(text.search(/^[[{]/m));

/** Where the loader finds what a GPU needs, and the drivers that Vulkan would load. */
function libraries() {
  const places = ["/usr/share/vulkan/icd.d/nvidia_icd.json", "/etc/vulkan/icd.d/nvidia_icd.json"];
  const driver = places.find((path) => existsSync(path)) ?? null;
  return {
    vulkanDriver: driver && { path: driver, text: readFileSync(driver, "utf8") },
    driverFiles: process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES ?? null,
    nodes: ["/dev/nvidiactl", "/dev/nvidia0", "/dev/dri"].filter((path) => existsSync(path)),
  };
}

await Promise.all(commands.map(ask));
