import { basename } from "node:path";
import { formatCount, formatNumber, formatSeconds, markdownTable, renderLinePanels } from "@petl/report";

/**
 * Data, figures and settings of a pre-training, in Markdown.
 *
 * @param {{ settings: Record<string, unknown>, files: readonly { path: string, tokens: number, sha256: string }[] }} pretraining
 * @param {readonly Record<string, number>[]} points of its curve
 */
export function trainingTables({ settings, files }, points) {
  const tokens = points.reduce((sum, point) => sum + point.tokens, 0);
  const seconds = points.reduce((sum, point) => sum + point.tokens / point.tokensPerS, 0);
  const last = points.at(-1);
  const nats = (value) => `${formatNumber(value)} nats`;
  const sources = new Map(files.map((file) => [file.sha256, file]));
  return [
    markdownTable(
      ["text", "tokens", "times in the mix", "sha256"],
      [...sources.values()].map(({ path, tokens, sha256 }) => [
        basename(path),
        formatCount(tokens),
        files.filter((file) => file.sha256 === sha256).length,
        `\`${sha256.slice(0, 16)}…\``,
      ]),
    ),
    markdownTable(
      ["figure", "value"],
      [
        ["updates", formatCount(last.step)],
        ["tokens seen", formatCount(tokens)],
        ["time in updates", formatSeconds(seconds)],
        ["held-out loss, T5's own, sentinels included", nats(last.heldOutLoss)],
        ["held-out loss of text tokens", nats(last.wordLoss)],
        ["the same by token frequencies alone", nats(last.unigramLoss)],
        ["first token of a span, by the encoder", nats(last.encoderLoss)],
        ["masked tokens anywhere, by the decoder's first position", nats(last.summaryLoss)],
      ],
    ),
    `Settings: ${Object.entries(settings)
      .map(([name, value]) => `\`${name}\` ${value}`)
      .join(", ")}.`,
  ].join("\n\n");
}

/** Held-out losses over the updates, as a picture. */
export function lossCurve(points) {
  const line = (label, field) => ({ label, points: points.map((point) => [point.step, point[field]]) });
  const panels = [
    { title: "held-out text tokens", lines: [line("model", "wordLoss"), line("token frequencies", "unigramLoss")] },
    { title: "encoder, first token of a span", lines: [line("model", "encoderLoss")] },
    { title: "summary, masked tokens", lines: [line("model", "summaryLoss")] },
  ];
  return renderLinePanels(
    panels.map((panel) => ({ ...panel, xName: "update", yName: "nats" })),
    panels.length,
  );
}
