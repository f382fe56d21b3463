import { presets } from "@petl/presets";
import { renderMarkdown } from "@petl/report";
import { armLabels } from "./arm-labels.mjs";
import { oneGroup } from "./one-group.mjs";
import { rowsSections } from "./rows-sections.mjs";
import { suiteTable } from "./suite-table.mjs";

/**
 * A suite's records as a page in Markdown and its pictures; a suite with several numbers of training rows has a section for each task.
 *
 * @param {{ name: string, title: string, text: string, command: string }} page
 * @param {readonly import("@petl/results").RunRecord[]} records
 * @returns {Promise<{ name: string, content: string }[]>} paths are relative to the page
 * @throws Error where runs of one section were not made under one set of conditions
 */
export async function suitePage({ name, title, text, command }, records) {
  const isSwept = Array.isArray(presets[name].limit);
  const { groups, markdown, pictures } = isSwept ? rowsSections(name, records) : await oneTable(name, records);
  const [group] = groups;
  const settings = group.settings.filter(({ label }) => telling.has(label));
  const facts = [...group.facts, ...settings].filter(({ label }) => !isSwept || label !== "Data");
  const page = [
    `# ${title}`,
    text,
    `One small backbone, few rows and ${seedsOf(group)}: memory is exact and times are rough, while small differences of scores cannot be told apart. Percentages are of the cost of full tuning. Written by \`${command}\`.`,
    ...markdown,
    "## How it was run",
    facts.map(({ label, value }) => `- **${label}:** ${value}`).join("\n"),
    ...noticesOf(groups),
  ].join("\n\n");
  return [...pictures, { name: `${name}.md`, content: `${page}\n` }];
}

/** All arms in one table, named by what the suite sets, under a picture of their costs. */
async function oneTable(name, records) {
  const { model, group } = oneGroup(name, records);
  const { files } = renderMarkdown(model, { pictureFolder: `${name}-charts` });
  const pictures = files.filter((file) => file.name.endsWith("-summary.svg"));
  const markdown = [
    ...pictures.map((picture) => `![Scores and costs of each row](${picture.name})`),
    suiteTable(group, await armLabels(presets[name], group.variants)),
  ];
  return { groups: [group], markdown, pictures };
}

/** What a reader must know of the data; of several numbers of rows, what does not speak of one of them. */
function noticesOf(groups) {
  const all = groups.flatMap(({ notices }) => notices);
  const lines = [...new Set(all)].filter(
    (notice) => groups.length === 1 || all.indexOf(notice) !== all.lastIndexOf(notice),
  );
  return lines.length === 0 ? [] : [lines.map((notice) => `- ${notice}`).join("\n")];
}

const telling = new Set(["Epochs", "Batch size", "Learning rate", "Schedule", "Longest input (tokens)", "Dropout"]);

function seedsOf({ facts }) {
  const seeds = facts.find(({ label }) => label === "Seeds")?.value ?? "";
  return seeds.includes(",") ? `seeds ${seeds}` : "one seed";
}
