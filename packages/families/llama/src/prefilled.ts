import { type Inputs, maskOf, type Pass, type Prefilled, padded, SeenSums } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { type Tensor, tf, tidy } from "@petl/tensor";
import { emptyCaches, type LayerCache, sharedCaches } from "./layer-cache.js";
import type { LlamaTensors } from "./pad.js";
import type { Reader } from "./reader.js";
import { ascending, moved } from "./tokens.js";

/** Sources that wait for answers. */
interface Sources {
  /** int32 (rows, source tokens) */
  readonly ids: Tensor;
  /** float32 (rows, source tokens) */
  readonly mask: Tensor;
  /** int32 (rows, 1): where each one's last token is. */
  readonly last: Tensor;
}

/**
 * Reads sources once where it may, so that each answer only costs its own tokens.
 *
 * What works on attention weights, and a side network that reads all tokens, must see whole sequences: then every answer is read together
 * with its source.
 */
export function prefilledLlama(model: Reader, inputs: Inputs, pass: Pass): Prefilled {
  const sources = sourcesOf(inputs);
  if (mustSeeWhole(model, pass)) return whole(model, sources);
  return continued(model, sources, pass);
}

function mustSeeWhole({ sites }: Reader, { intervention: { hooks, reads, at } }: Pass): boolean {
  const isWatched = (site: string): boolean => hooks.has(site) || reads.includes(site);
  const watchesWeights = sites.some(({ name, kind }) => kind === "attention-weights" && isWatched(name));
  return watchesWeights || (reads.length > 0 && (at ?? "tokens") === "tokens");
}

function sourcesOf({ tensors, shape: [rows, tokens, positions] }: Inputs): Sources {
  const { ids, mask, readAt } = tensors as Readonly<Record<keyof LlamaTensors, Tensor>>;
  return tidy(() => {
    const last = tf.slice(readAt, [0, 0], [rows, 1]);
    const ofSource = (): Tensor => tf.cast(tf.lessEqual(ascending(rows, tokens), last), "float32");
    const kept = {
      ids: tf.slice(ids, [0, 0], [rows, tokens]),
      mask: positions === 1 ? mask.clone() : ofSource(),
      last,
    };
    for (const tensor of Object.values(kept)) tf.keep(tensor);
    return kept;
  });
}

function whole(model: Reader, sources: Sources): Prefilled {
  let read: readonly Tensor[] = []; // the pass picks by them what a side network reads out of the latest answers
  return {
    after(answers, pass) {
      tf.dispose([...read]);
      const tokens = tidy(() => wholeTokens(sources, answers, model.config.padId));
      read = Object.values(tokens).map((tensor) => tf.keep(tensor));
      return tidy(() => copied(model.readWhole(tokens, pass)));
    },
    dispose: () => tf.dispose([...read, ...Object.values(sources)]),
  };
}

/** Sources and answers one after the other without padding between them, as `pad` would lay them out. */
function wholeTokens({ ids, last }: Sources, answers: readonly (readonly number[])[], padId: number) {
  const { ids: answerIds, tokens } = padded(answers, padId);
  const [rows, longest] = ids.shape as [number, number];
  const all = longest + tokens;
  const lengths = tf.tensor(
    answers.map(({ length }) => length),
    [rows, 1],
    "int32",
  );
  const place = ascending(rows, all);
  const isAnswer = tf.greater(place, last);
  const inAnswer = tf.sub(tf.add(place, tf.scalar(longest - 1, "int32")), last); // where the answer's tokens are in `both`
  const from = tf.minimum(tf.where(isAnswer, inAnswer, place), tf.scalar(all - 1, "int32"));
  const both = tokens === 0 ? ids : tf.concat([ids, tf.tensor(answerIds, [rows, tokens], "int32")], 1);
  const positions = ascending(rows, tokens + 1);
  return {
    ids: tf.gather(both, from as tf.Tensor2D, 1, 1),
    mask: tf.cast(tf.lessEqual(place, tf.add(last, lengths)), "float32"),
    readAt: tf.add(last, tf.minimum(positions, lengths)),
    readMask: tf.cast(tf.lessEqual(positions, lengths), "float32"),
  };
}

function continued(model: Reader, sources: Sources, pass: Pass): Prefilled {
  const source: Cached = { layers: emptyCaches(model.config.layers), sums: new SeenSums() };
  const rows = sources.ids.shape[0]!;
  const first = tidy(() => {
    const sequence = { ...sources, readAt: sources.last, readMask: tf.ones([rows, 1]) };
    return kept(model.readWhole({ ...sequence, caches: source.layers, sums: source.sums }, pass));
  });
  const { reads } = pass.intervention;
  const firstReads = new Map(reads.map((site) => [site, kept(copied(pass.recorded.get(site)!))]));
  let grown: Cached | null = null;
  let written = 0; // tokens in `grown` after the sources

  const later = (ids: Tensor, mask: Tensor, by: number, cached: Cached, pass: Pass): Activation => {
    const tokens = ids.shape[1]!;
    const positions = tf.add(moved(sources.last, by + 1), ascending(rows, tokens));
    const positionsBelow = sources.ids.shape[1]! + by + tokens;
    const before = { caches: cached.layers, sums: cached.sums, isKept: cached === grown };
    return model.readLater({ ids, mask, positions, positionsBelow, ...before }, pass);
  };
  const restart = (): void => {
    if (grown !== null) disposeOf(grown);
    [grown, written] = [null, 0];
  };

  return {
    after: (answers, pass) =>
      tidy(() => {
        const { ids, tokens } = padded(answers, model.config.padId);
        if (tokens === 0) return again(first, firstReads, pass);
        const mask = tf.tensor(maskOf(answers, tokens), [rows, tokens], "float32");
        const state = later(tf.tensor(ids, [rows, tokens], "int32"), mask, 0, source, pass);
        for (const site of reads)
          pass.replaceRecording(site, kept(joined(firstReads.get(site)!, pass.recorded.get(site)!)));
        return joined(first, state);
      }),
    next: (ids, pass) =>
      tidy(() => {
        if (ids === null) restart();
        if (ids === null) return again(first, firstReads, pass);
        grown ??= { layers: sharedCaches(source.layers), sums: source.sums.shared() };
        const state = later(tf.tensor([...ids], [rows, 1], "int32"), tf.ones([rows, 1]), written, grown, pass);
        written++;
        return state;
      }),
    dispose() {
      restart();
      disposeOf(source);
      for (const { hidden, mask } of [first, ...firstReads.values()]) tf.dispose([hidden, mask]);
      tf.dispose(Object.values(sources));
    },
  };
}

/** What is kept of tokens that later ones see. */
interface Cached {
  readonly layers: readonly LayerCache[];
  readonly sums: SeenSums;
}

function disposeOf({ layers, sums }: Cached): void {
  for (const cache of layers) cache.dispose();
  sums.dispose();
}

/** The state after the sources once more, recordings included. */
function again(first: Activation, firstReads: ReadonlyMap<string, Activation>, pass: Pass): Activation {
  for (const [site, recording] of firstReads) pass.replaceRecording(site, kept(copied(recording)));
  return copied(first);
}

const kept = ({ hidden, mask }: Activation): Activation => ({ hidden: tf.keep(hidden), mask: tf.keep(mask) });
const copied = ({ hidden, mask }: Activation): Activation => ({ hidden: hidden.clone(), mask: mask.clone() });

const joined = (first: Activation, later: Activation): Activation => ({
  hidden: tf.concat([first.hidden, later.hidden], 1),
  mask: tf.concat([first.mask, later.mask], 1),
});
