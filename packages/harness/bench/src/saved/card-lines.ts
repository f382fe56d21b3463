import { oneLine } from "@petl/files";
import { type RunRecord, reportedScore } from "@petl/results";
import { scoredOn } from "./scored-on.js";

/** The sections of a card: sentences in Markdown, from a record alone. */

export function scoreLines(record: RunRecord): string[] {
  const scored = scoredOn(record);
  if (scored === null) return ["The run has no score."];
  const { score, metrics, interval, split, examples, hasChosen } = scored;
  const range =
    interval === null
      ? ""
      : ` (${Math.round(interval.level * 100)} % interval over the examples: ${interval.low.toFixed(1)} to ${interval.high.toFixed(1)})`;
  const constant = record.scores?.constant ?? null;
  return [
    `${score.toFixed(1)} of 100${range}, on ${count(examples)} examples of ${split}`,
    ...Object.entries(metrics).map(([name, value]) => `${name}: ${Number(value.toFixed(4))}`),
    ...(constant === null ? [] : [`the same answer to every example scores ${constant.score.toFixed(1)}`]),
    ...(hasChosen
      ? ["the best evaluation was chosen on these examples, so the score is too high to be one on new ones"]
      : []),
  ];
}

export function trainingLines({ data, run, time, curve }: RunRecord): string[] {
  const { settings, seed, chosen } = run;
  const files = data?.files.map(
    ({ name, rows, sha256 }) => `${name} (${count(rows)} rows, SHA-256 ${sha256.slice(0, 12)}...)`,
  );
  const from = { glue: "GLUE", sample: "the built-in sample, which is not GLUE", table: "tables of the user's own" };
  return [
    ...(data === null ? [] : [`${count(data.trainExamples)} training examples of ${from[data.source]}`]),
    ...(files === undefined ? [] : [`files: ${files.join(", ")}`]),
    settings.protocol === "tuned"
      ? "protocol: settings and model are chosen on held-out training examples; the score is made once, on others"
      : "protocol: the model of the best evaluation is kept, and that is its score",
    ...(chosen === null ? [] : [`the learning rate was chosen from ${chosen.of} trials`]),
    `${count(time?.steps ?? curve.at(-1)?.step ?? 0)} updates of ${settings.batchSize} examples at learning rate ${settings.learningRate}, ${settings.schedule} schedule, seed ${seed}`,
    `settings of the method: \`${JSON.stringify(run.methodConfig)}\``,
  ];
}

export function costLines({ counts, memory, time, energy, environment }: RunRecord): string[] {
  const peak = memory?.peakTensorBytes.training?.total;
  const net = energy?.training?.netJ ?? null;
  const gross = energy?.training?.grossJ ?? null;
  const joules =
    gross === null ? `not measured${energy?.reason ? `: ${oneLine(energy.reason)}` : ""}` : `${gross.toFixed(0)} J`;
  return [
    ...(counts === null
      ? []
      : [
          `${count(counts.trainableParams)} trainable parameters of ${count(counts.totalParams)}`,
          `a training step differentiates ${counts.backwardLayers} of ${counts.layers} layers`,
        ]),
    ...(peak === undefined ? [] : [`peak tensor memory in training: ${(peak / 1e6).toFixed(0)} MB`]),
    ...(time === null
      ? []
      : [
          `training time: ${time.trainTimeS.toFixed(1)} s on ${oneLine(environment.gpu?.name ?? environment.cpu)}, device ${environment.deviceName}`,
        ]),
    `energy of training: ${joules}${net === null ? "" : `, ${net.toFixed(0)} J above rest`}`,
  ];
}

export function limitLines(record: RunRecord | null): string[] {
  const notices =
    record === null
      ? []
      : [...(record.data?.notices ?? []), ...(reportedScore(record)?.notices ?? []).map(({ message }) => message)];
  return [
    ...notices.map(oneLine),
    ...(record === null ? [] : ["one run with one seed: another seed may score otherwise"]),
    "the licences of the backbone and of the data are not recorded: look them up before you share this model",
    "nothing but the task above was tried: not other languages, fields or uses, and not what it answers to harmful texts",
  ];
}

const count = (number: number): string => number.toLocaleString("en");
