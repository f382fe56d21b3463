// Trains real checkpoints a little, exports them, and lets exports.py compare what PyTorch makes of each with `bench predict`.
// node scripts/real-checkpoints/exports.mjs MODELS GLUE OUT [--python PYTHON] [NAME ...]   (after pnpm build)
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { built } from "./built.mjs";

const { findTask, glueReader } = await built("tasks/glue");
const { loadTask } = await built("tasks/task");

const cases = [
  {
    checkpoint: "minilm-l6",
    task: "mrpc",
    scoring: "head",
    methods: ["lora", "full", "read", "lst"],
    limit: 64,
    steps: 8,
  },
  { checkpoint: "smollm2-135m", task: "sst2", scoring: "head", methods: ["lora"], limit: 32, steps: 4 },
  {
    checkpoint: "smollm2-135m",
    task: "sst2",
    scoring: "likelihood",
    methods: ["lora", "read", "lst"],
    limit: 32,
    steps: 4,
  },
];
const layouts = { lora: ["merged", "peft"], full: ["merged"], read: ["torch"], lst: ["torch"] };
const rowsCompared = 20;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string", default: "python3" } },
});
if (positionals.length < 3) {
  console.error("exports: expected MODELS GLUE OUT [NAME ...]; see scripts/real-checkpoints/README.md");
  process.exit(2);
}
const [models, glue, out, ...names] = positionals.map((path, index) => (index < 3 ? resolve(path) : path));
const cli = fileURLToPath(new URL("../../packages/harness/cli/dist/main.js", import.meta.url));
mkdirSync(out, { recursive: true });
const script = fileURLToPath(new URL("exports.py", import.meta.url));
for (const each of cases) {
  if (names.length > 0 && !names.includes(each.checkpoint)) continue;
  const list = join(out, `${folderOf(each)}.json`);
  writeFileSync(list, `${JSON.stringify(await exported(each), null, 2)}\n`);
  const { status, error } = spawnSync(values.python, [script, list], { stdio: "inherit" });
  if (error !== undefined)
    console.error(`exports: expected a Python with transformers and PEFT, got ${error.message}; see README.md`);
  process.exitCode ||= status ?? 1;
}

function folderOf({ checkpoint, task, scoring }) {
  return `${checkpoint}-${task}-${scoring}`;
}

/** Trains one checkpoint with each method and exports each in its layouts. */
async function exported(each) {
  const { checkpoint, task, scoring, methods, limit, steps } = each;
  const backbone = join(models, checkpoint);
  const folder = join(out, folderOf(each));
  const wanted = ["--tasks", task, "--methods", methods.join(), "--scoring", scoring];
  const length = ["--limit", `${limit}`, "--eval-limit", "4", "--steps", `${steps}`];
  bench([
    "glue",
    "--backbone",
    backbone,
    "--data",
    glue,
    ...wanted,
    ...length,
    "--device",
    "cpu",
    "--save",
    "--out",
    folder,
  ]);
  const { evaluations } = await loadTask(await glueReader(glue, findTask(task)), { limit: 1 });
  const rows = evaluations[0].examples.slice(0, rowsCompared).map(({ sentences }) => sentences);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  return readdirSync(join(folder, "models")).flatMap((run) => {
    const model = join(folder, "models", run);
    const method = run.slice(0, run.indexOf("-"));
    const answers = bench(["predict", model, "--device", "cpu"], lines).trim().split("\n");
    const scores = answers.map((line) => Object.values(JSON.parse(line).scores));
    return layouts[method].map((layout) => {
      const directory = join(folder, layout, method);
      bench(["export", model, "--layout", layout, "--out", directory, "--device", "cpu"]);
      const texts = rows.map((row) => Object.values(row));
      return { checkpoint, backbone, task, scoring, method, layout, directory, texts, scores };
    });
  });
}

function bench(given, input = "") {
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync(process.execPath, [cli, ...given], {
    ...{ input, encoding: "utf8", maxBuffer: 1 << 26 },
  });
  if (code === 0) return stdout;
  console.error(`exports: bench ${given.join(" ")} ended with ${code}: ${stderr.trim()}`);
  process.exit(1);
}
