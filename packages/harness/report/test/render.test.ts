import { buildReport, renderHtml, renderMarkdown, renderTable, resultsJson } from "@petl/report";
import { expect, test } from "vitest";
import { syntheticGrid, syntheticMethods, syntheticRecord } from "./record-factory.js";
import { tunedSuite } from "./tuned-suite.js";

const options = { reference: "all-weights", generatedAt: "2020-01-02T03:04:05.000Z" } as const;

test("the Markdown report of a small grid is as committed", async () => {
  const { markdown, files } = renderMarkdown(
    buildReport(syntheticGrid(["sst2", "stsb"], [0, 1], { energy: true }), options),
  );
  await expect(markdown).toMatchFileSnapshot("fixtures/synthetic-report.md");
  const pictures = [...markdown.matchAll(/\]\((report-charts\/[^)]+)\)/g)].map((match) => match[1]);
  expect(pictures).toEqual(files.map(({ name }) => name));
});

test("the Markdown report of a tuned suite is as committed", async () => {
  const { markdown } = renderMarkdown(buildReport(tunedSuite(["sst2", "rte"], [0, 1, 2]), options));
  await expect(markdown).toMatchFileSnapshot("fixtures/tuned-report.md");
});

test("the same records in any order give the same bytes", () => {
  const records = syntheticGrid(["sst2", "rte"], [0, 1]);
  const once = buildReport(records, options);
  const again = buildReport([...records].reverse(), options);
  expect(renderHtml(again)).toBe(renderHtml(once));
  expect(renderMarkdown(again)).toEqual(renderMarkdown(once));
});

test("N6: a notice beside a score is a note in every format, once for equal scores", () => {
  const message = "dev: the Matthews correlation is undefined (constant predictions or one class) and reported as 0";
  const records = syntheticGrid(["cola", "sst2"], [0]).map((record) =>
    record.run.task === "cola"
      ? {
          ...record,
          scores: {
            ...record.scores!,
            best: { ...record.scores!.best, notices: [{ code: "undefined-matthews", message }] },
          },
        }
      : record,
  );
  const model = buildReport(records, options);
  expect(renderTable(model)).toMatch(/\[1\] CoLA dev: the Matthews correlation is undefined/);
  expect(renderTable(model)).toMatch(/ \[1\]/);
  const html = renderHtml(model);
  const noteItems = html
    .match(/<li id="[^"]*-note-\d+"><bdi>[^<]*Matthews/g)
    ?.map((item) => item.replace(/^.*?-1-/, ""));
  expect(noteItems).toEqual([
    'summary-note-1"><bdi>CoLA dev: the Matthews',
    'scores-note-1"><bdi>dev: the Matthews',
    'metrics-note-1"><bdi>dev: the Matthews',
  ]);
  for (const table of ["summary", "scores", "metrics"])
    expect(html.split(`-${table}-note-1" aria`).length).toBeGreaterThan(1);
  const { markdown } = renderMarkdown(model);
  expect(markdown.match(/^1\. CoLA dev: the Matthews correlation is undefined.*$/gm)).toHaveLength(1);
  expect(markdown).toContain("<sup>1</sup>");
  expect(resultsJson(records, "out").runs.find(({ task }) => task === "cola")?.notices).toEqual([
    { code: "undefined-matthews", message },
  ]);
});

test("N6: a notice of one seed of several names the seed", () => {
  const notices = [{ code: "one-class", message: "dev: all examples are of one class" }];
  const [first, second] = syntheticGrid(["sst2"], [0, 1]);
  const odd = { ...second!, scores: { ...second!.scores!, best: { ...second!.scores!.best, notices } } };
  expect(renderTable(buildReport([first!, odd], options))).toContain(
    "SST-2 dev: all examples are of one class (seed 1)",
  );
});

const hostile = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "a|b_c*d`e`[f](g)%$h$",
  "line\nbreak # heading",
  "{{title}} {{{svg}}}",
  "\u202egnp.exe",
  "\u05e9\u05dc\u05d5\u05dd",
  "\u{1f9ea}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
];

test.each(hostile)("the hostile name %j is text in every format", (name) => {
  const [first] = syntheticMethods;
  const run = { method: name, task: name, backbone: name, methodConfig: { [name]: name } };
  const record = syntheticRecord({ ...first!, name }, { run });
  const error = { name, code: name, message: name, stack: null, exitCode: null, signal: null };
  const broken = { ...record, id: "broken", status: "failed" as const, error, run: { ...record.run, seed: 1 } };
  const planned = { title: name, conditions: name, headers: [name, name], rows: [[name, name]] };
  const published = { ...planned, source: { text: name, url: "https://example.org/paper" } };
  const model = buildReport([record, broken], {
    ...{ ...options, title: name, reference: name, planned: [planned], published: [published] },
    recordFiles: new Map([[record, `runs/${encodeURIComponent(name)}.json`]]),
  });
  const html = renderHtml(model);
  const [before, , after] = html.split(/<script>(?=.{9999})|<\/script>\n<\/body>/s); // around the page's own script
  expect(`${before}${after}`.replace('<script type="application/json"', "")).not.toMatch(
    /<script|<img|onerror=alert\(1\)>/i,
  );
  expect(html).not.toContain("\u202e");
  expect(html.match(/<\/?[a-z]+/gi)?.filter((tag) => tag === "<title").length).toBe(1);

  const { markdown, files } = renderMarkdown(model);
  expect(markdown).not.toMatch(/<script|<img|\u202e/);
  for (const file of files) {
    expect(file.name).toMatch(/^report-charts\/[a-z0-9-]+\.svg$/);
    expect(file.content).not.toMatch(/<script|<img|\u202e|var\(/);
  }
  const cells = (line: string) => line.split(/(?<!\\)\|/).length;
  const tables = markdown.split("\n\n").filter((block) => block.startsWith("|"));
  expect(tables.length).toBeGreaterThan(3);
  for (const table of tables) {
    const lines = table.trim().split("\n");
    expect(lines.map(cells)).toEqual(lines.map(() => cells(lines[0]!)));
  }
  expect(renderTable(model)).not.toContain("\u202e");
});

test("Markdown keeps a hostile name readable with every special character escaped", () => {
  const [first] = syntheticMethods;
  const record = syntheticRecord({ ...first!, name: "a|b_c*d[e](f)<g>" });
  const { markdown } = renderMarkdown(buildReport([record], options));
  expect(markdown).toContain("| a\\|b\\_c\\*d\\[e\\](f)&lt;g&gt; |");
});

test("the HTML file loads nothing, runs only its own script and follows the colour scheme", () => {
  const html = renderHtml(buildReport(syntheticGrid(["sst2"], [0], { energy: true }), options));
  const page = html.replace(/<script>[\s\S]*<\/script>/, "");
  expect(page).not.toMatch(
    /<script(?! type="application\/json")|<link(?! rel="icon" href="data:,")|@import|url\((?!#)/,
  );
  expect(page.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:\/\//);
  expect(html).toMatch(/script-src 'sha256-[\w+/=]+'/);
  expect(html).toContain("prefers-color-scheme: dark");
  expect(html).toContain('<th scope="col"');
  expect(html).toContain('<th scope="row"');
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(ids).size).toBe(ids.length);
});

test("the terminal table is aligned, also with wide characters, and has no colour", () => {
  const [first, second] = syntheticMethods;
  const records = [syntheticRecord(first!), syntheticRecord({ ...second!, name: "\u8a66\u9a13\u{1f9ea}" })];
  const text = renderTable(buildReport(records, options));
  const lines = text.split("\n");
  const rule = lines.findIndex((line) => line.startsWith("---"));
  expect(text).not.toContain("\u001b");
  expect(lines[rule - 1]?.length).toBe(lines[rule]?.length);
  expect(lines[rule + 1]?.length).toBe(lines[rule]?.length);
  expect(lines[rule + 2]?.length).toBe(lines[rule]!.length - 2); // each of the two ideographs takes two columns; the emoji is two code units
  expect(text).toContain("Device memory: n/a: the cpu device has no memory of its own");
});

test("a table wider than the terminal goes on below, its first column repeated and no figure lost", () => {
  const model = buildReport(syntheticGrid(["sst2"], [0], { energy: true }), options);
  const text = renderTable(model, { width: 72 });
  const rules = text.split("\n").filter((line) => line.startsWith("---"));
  expect(rules.length).toBeGreaterThan(1);
  for (const rule of rules) expect(rule.length).toBeLessThanOrEqual(72);
  expect(text.match(/^all-weights /gm)).toHaveLength(rules.length);
  const figures = (table: string) => table.match(/\d[\d.,]* (?:MB|kJ|s|min)/g)?.length;
  expect(figures(text)).toBe(figures(renderTable(model)));
});
