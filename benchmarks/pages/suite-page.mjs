import { defaultReference, presets } from "@petl/benchmarks";
import { buildReport, formatCount, renderMarkdown } from "@petl/report";
import { armLabels } from "./arm-labels.mjs";
import { suiteTable } from "./suite-table.mjs";

/**
 * A suite's records as a page in Markdown and its pictures; a suite with several numbers of training rows has a section for each.
 *
 * @param {{ name: string, title: string, text: string, command: string }} page
 * @param {readonly import("@petl/results").RunRecord[]} records
 * @returns {Promise<{ name: string, content: string }[]>} paths are relative to the page
 * @throws Error where runs of one section were not made under one set of conditions
 */
export async function suitePage({ name, title, text, command }, records) {
  const limits = [...new Set(records.map(({ run }) => run.settings.limit))].sort(
    (a, b) => (a ?? Infinity) - (b ?? Infinity),
  );
  const isSwept = Array.isArray(presets[name].limit);
  const sections = [];
  for (const limit of limits) {
    const own = records.filter(({ run }) => run.settings.limit === limit);
    sections.push(await section(name, limit, own, isSwept));
  }
  const [{ group }] = sections;
  const settings = group.settings.filter(({ label }) => telling.has(label));
  const facts = [...group.facts, ...settings].filter(({ label }) => !isSwept || label !== "Data");
  const markdown = [
    `# ${title}`,
    text,
    `One backbone this small, few rows and ${seedsOf(group)}: read the order of costs, which are exact for memory, and take small differences of scores for noise. Percentages are of full tuning's cost. Written by \`${command}\`.`,
    ...sections.flatMap((each) => each.markdown),
    ...(isSwept ? ["## How it was run"] : []),
    facts.map(({ label, value }) => `- **${label}:** ${value}`).join("\n"),
    ...noticesOf(sections),
  ].join("\n\n");
  const pictures = sections.flatMap((each) => (each.picture === undefined ? [] : [each.picture]));
  return [...pictures, { name: `${name}.md`, content: `${markdown}\n` }];
}

async function section(name, limit, records, isSwept) {
  const model = buildReport(records, { reference: defaultReference });
  if (model.groups.length !== 1) {
    throw new Error(
      `${name}: expected runs under one set of conditions, got ${model.groups.length}; start again elsewhere`,
    );
  }
  const [group] = model.groups;
  const shown = isSwept ? ofRows(name, limit, group) : await ofSuite(name, group);
  const { files } = renderMarkdown(model, { pictureFolder: shown.pictureFolder });
  const picture = files.find((file) => file.name.endsWith(shown.picture));
  const markdown = [
    ...shown.heading,
    ...(picture ? [`![${shown.description}](${picture.name})`] : []),
    suiteTable(group, shown.labels),
  ];
  return { group, picture, markdown };
}

/** How the only section is shown: its costs, and arms by what the suite sets. */
async function ofSuite(name, group) {
  return {
    ...{ heading: [], pictureFolder: `${name}-charts`, picture: "-summary.svg" },
    description: "Scores and costs of each row",
    labels: await armLabels(presets[name], group.variants),
  };
}

/** How a section of one number of rows is shown: by what a score cost, and arms by what tells them apart. */
function ofRows(name, limit, group) {
  const rows = limit === null ? "All" : formatCount(limit);
  return {
    heading: [`## ${rows} training rows`],
    ...{ pictureFolder: `${name}-charts/${limit ?? "all"}`, picture: "-spend-by-time.svg" },
    description: `${rows} rows: score over training time`,
    labels: group.variants.map(({ id, label }) => [id, label]),
  };
}

/** What a reader of any section must know; once each. */
function noticesOf(sections) {
  const notices = [...new Set(sections.flatMap(({ group }) => group.notices))];
  return notices.length === 0 ? [] : [notices.map((notice) => `- ${notice}`).join("\n")];
}

const telling = new Set(["Epochs", "Batch size", "Learning rate", "Schedule", "Longest input (tokens)", "Dropout"]);

function seedsOf({ facts }) {
  const seeds = facts.find(({ label }) => label === "Seeds")?.value ?? "";
  return seeds.includes(",") ? `seeds ${seeds}` : "one seed";
}
