// Writes a real checkpoint to GGUF in each type and lets gguf_files.py compare what other programs read of it with what is read here.
// node scripts/real-checkpoints/gguf-files.mjs CHECKPOINT OUT [--python PYTHON] [--types q8_0,q4_k]   (after pnpm build)
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { built } from "./built.mjs";

const { ggufDtypes, loadBackbone, Pass } = await built("core/backbone");
const { loadTokenizer, openCheckpoint, writeSafetensors } = await built("core/checkpoint");
const { seededRandom, tf } = await built("core/tensor");
const { writeSample } = await built("tasks/glue-sample");
const cpu = (await built("devices/cpu")).default;
const llama = (await built("families/llama")).default;

const textCount = 200;
const promptCount = 6;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string", default: "python3" }, types: { type: "string", default: ggufDtypes.join() } },
});
if (positionals.length !== 2) {
  console.error("gguf-files: expected CHECKPOINT OUT; see scripts/real-checkpoints/README.md");
  process.exit(2);
}
const [checkpoint, out] = positionals.map((path) => resolve(path));
const cli = fileURLToPath(new URL("../../packages/harness/cli/dist/main.js", import.meta.url));
mkdirSync(out, { recursive: true });
await cpu.open();

const texts = await sentences();
const types = {};
for (const type of values.types.split(",")) types[type] = await written(type);
const tokenizer = loadTokenizer(checkpoint);
const list = join(out, "ours.json");
const ids = texts.map((text) => tokenizer.encode(text));
writeFileSync(list, JSON.stringify({ texts, ids, promptCount, types }));
const script = fileURLToPath(new URL("gguf_files.py", import.meta.url));
const { status, error } = spawnSync(values.python, [script, list], { stdio: "inherit" });
if (error !== undefined)
  console.error(`gguf-files: expected a Python with transformers and gguf, got ${error.message}; see README.md`);
process.exitCode = status ?? 1;

/** Sentences of the built-in sample, every other one with what tokenizers stumble over. */
async function sentences() {
  const folder = join(out, "sample");
  await writeSample(folder, { trainRows: textCount, devRows: 40 });
  const rows = readFileSync(join(folder, "SST-2", "train.tsv"), "utf8")
    .trim()
    .split("\n")
    .slice(1, textCount + 1);
  const odd = [
    "It's 1,234.56 °C",
    "naïve café",
    "日本語 text",
    "a_b-c/d",
    "WE'LL GO!",
    "\tx\n\ny",
    "1st 22nd 333",
    "🙂 ok",
    "…“so”",
  ];
  return rows.map((row, at) => {
    const sentence = row.split("\t")[0];
    return at % 2 === 0 ? sentence : `${sentence} ${odd[(at >> 1) % odd.length]}`;
  });
}

/** Writes one type; what is read of it here: digests of the tensors as the file has them, and logits after each prompt. */
async function written(type) {
  const directory = join(out, type);
  const { status: ended } = spawnSync(
    process.execPath,
    [cli, "quantise", checkpoint, "--dtype", type, "--out", directory],
    { stdio: "inherit" },
  );
  if (ended !== 0) throw new Error(`quantise ${checkpoint} to ${type} ended with ${ended}`);
  const file = openCheckpoint(join(directory, "model.gguf"));
  const digest = (name) => createHash("sha256").update(file.read(name)).digest("hex");
  const tensors = Object.fromEntries(file.names().map((name) => [name, digest(name)]));
  file.close();
  const { model, tokenizer: its } = await loadBackbone(directory, llama, { seed: 0 });
  const vocabulary = model.params["decoder.embedding.weight"].shape[0];
  const logits = new Float32Array(promptCount * vocabulary);
  for (const [row, text] of texts.slice(0, promptCount).entries()) {
    const none = { hooks: new Map(), unfrozen: [], reads: [] };
    const pass = new Pass(model, none, { params: {}, training: false, random: seededRandom(0) }, 0);
    const inputs = model.pad([{ source: its.encode(text), answer: [] }]);
    logits.set(
      tf.tidy(() => model.readout(model.forward(inputs, pass), pass).dataSync()),
      row * vocabulary,
    );
    pass.dispose();
  }
  model.dispose();
  writeSafetensors(join(directory, "..", `${type}-logits.safetensors`), {
    logits: { shape: [promptCount, vocabulary], values: logits },
  });
  return { directory, tensors };
}
