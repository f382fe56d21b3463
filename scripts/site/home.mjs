// The first page: README.md, its question as the headline, and the pages that answer each part of it.
import { addressOf } from "./pages.mjs";

const parts = [
  [
    "Which method?",
    "docs/results/glue-minilm.md",
    "Methods compared on one backbone, with a test of every difference.",
  ],
  [
    "For my model?",
    "docs/results/real-checkpoints.md",
    "Published T5, BERT and Llama weights, checked against transformers.",
  ],
  ["On my data?", "docs/tasks.md", "A table of texts and answers: CSV, TSV, JSON lines, Parquet or the hub."],
  ["Within my budget?", "docs/plan.md", "Memory, time and energy of a method, before it runs."],
];
const actions = [
  ["Documentation", "docs/README.md", "brand"],
  ["How to compare", "docs/comparing.md", "alt"],
  ["An example report", "docs/example-report/report.md", "alt"],
];

/**
 * The frontmatter of VitePress's home layout.
 *
 * @param {string} root of the repository
 * @param {string} readme the text of README.md
 * @throws Error if it does not begin with a title and a question in bold
 */
export function homeOf(root, readme) {
  const [, name, question, answer] = /^# (.+)\n\n\*\*([^*]+)\*\* ([^\n]+(?:\n[^\n]+)*)\n\n/.exec(readme) ?? [];
  if (answer === undefined)
    throw new Error("site: README.md: expected a title, then a paragraph that begins with a question in bold");
  return {
    layout: "home",
    hero: {
      name,
      text: question,
      tagline: answer.replaceAll("\n", " "),
      actions: actions.map(([text, path, theme]) => ({ theme, text, link: addressOf(root, path) })),
    },
    features: parts.map(([title, path, details]) => ({ title, details, link: addressOf(root, path) })),
  };
}

/** A markdown-it plugin that leaves out what the headline of the first page says already: its title and first paragraph. */
export function withoutHeadline(md) {
  md.core.ruler.push("site_home", (state) => {
    if (state.env.relativePath !== "index.md") return;
    const end = state.tokens.findIndex(({ type }) => type === "paragraph_close");
    state.tokens.splice(0, end + 1);
  });
}
