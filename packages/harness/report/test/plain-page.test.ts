import { expect, test } from "vitest";
import { barPanels, plainPage } from "../src/index.js";

const chart = barPanels([{ title: "ms", bars: [{ label: "ours", value: 2, text: "2 ms", colour: "#123456" }] }], 1);

test("a plain page is Markdown and HTML with the same parts in order, and its pictures in files", () => {
  const parts = [
    { text: "What it says." },
    { heading: "Steps" },
    { items: ["a <b>", "c|d"] },
    {
      rows: [
        ["name", "kind", "ms"],
        ["x|y", "<z>", "3"],
      ],
      textColumns: 2,
    },
    { picture: "pictures/steps.svg", title: "Step time", chart },
  ];
  const files = new Map(plainPage("report", { title: "A day", parts }).map(({ name, content }) => [name, content]));
  expect([...files.keys()]).toEqual(["report.md", "report.html", "pictures/steps.svg"]);
  expect(files.get("report.md")).toBe(
    [
      ...["# A day", "What it says.", "## Steps", "- a &lt;b&gt;\n- c\\|d"],
      "| name | kind | ms |\n|---|---|---:|\n| x\\|y | &lt;z&gt; | 3 |",
      "![Step time](pictures/steps.svg)\n",
    ].join("\n\n"),
  );
  const html = files.get("report.html")!;
  const marks = [
    "What it says.",
    "<h2>Steps</h2>",
    "<li>a &lt;b&gt;</li>",
    '<td class="text">&lt;z&gt;</td><td>3</td>',
    "2 ms",
  ];
  const places = marks.map((mark) => html.indexOf(mark));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(files.get("pictures/steps.svg")).toContain("<title>Step time</title>");
});
