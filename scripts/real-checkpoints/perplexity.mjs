// Perplexity of a decoder on the first paragraphs of a text, with its frozen weights kept in several ways; see README.md.
// node scripts/real-checkpoints/perplexity.mjs TEXT[.gz] DIRECTORY[:DTYPE] ... [--paragraphs 20] [--tokens 128]   (after pnpm build)
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { built } from "./built.mjs";

const { loadBackbone, Pass } = await built("core/backbone");
const { liveBytes, meanCrossEntropy, seededRandom, tf } = await built("core/tensor");
const { default: cpu } = await built("devices/cpu");
const { default: llama } = await built("families/llama");

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { paragraphs: { type: "string", default: "20" }, tokens: { type: "string", default: "128" } },
});
const [file, ...models] = positionals;
if (models.length === 0) {
  console.error("perplexity: expected TEXT DIRECTORY[:DTYPE] ...; see scripts/real-checkpoints/README.md");
  process.exit(2);
}
const text = file.endsWith(".gz") ? gunzipSync(readFileSync(file)).toString("utf8") : readFileSync(file, "utf8");
const paragraphs = text
  .split(/\n+/)
  .map((line) => line.trim())
  .filter(({ length }) => length >= 300)
  .slice(0, Number(values.paragraphs));
const device = await cpu.open();
for (const model of models) await measure(...model.split(":"));
await device.close();

async function measure(directory, dtype = "f32") {
  const { model, tokenizer } = await loadBackbone(directory, llama, {
    seed: 0,
    storage: { dtype, unfrozen: new Set() },
  });
  const bytes = liveBytes().backbone;
  let [nats, tokens] = [0, 0];
  const from = performance.now();
  for (const paragraph of paragraphs) {
    const ids = tokenizer.encode(paragraph).slice(0, Number(values.tokens));
    nats += (ids.length - 1) * lossOf(model, ids);
    tokens += ids.length - 1;
  }
  const seconds = (performance.now() - from) / 1000;
  model.dispose();
  console.log(
    `${directory} ${dtype}: perplexity ${Math.exp(nats / tokens).toFixed(5)} of ${tokens} tokens in ${paragraphs.length} paragraphs, ${(bytes / 1e6).toFixed(1)} MB of weights, ${seconds.toFixed(1)} s`,
  );
}

/** Mean cross-entropy of each token after those before it, in nats. */
function lossOf(model, ids) {
  const inputs = model.pad([{ source: ids.slice(0, 1), answer: ids.slice(1, -1) }]); // read out after each token but the last
  const untouched = { hooks: new Map(), unfrozen: [], reads: [], onlyRead: false };
  const pass = new Pass(model, untouched, { params: {}, training: false, random: seededRandom(0) }, 0);
  const loss = tf.tidy(() => {
    const logits = model.readout(model.forward(inputs, pass), pass);
    const labels = tf.tensor1d(ids.slice(1), "int32");
    return meanCrossEntropy(tf.reshape(logits, [ids.length - 1, -1]), labels).dataSync()[0];
  });
  tf.dispose(inputs.tensors);
  pass.dispose();
  return loss;
}
