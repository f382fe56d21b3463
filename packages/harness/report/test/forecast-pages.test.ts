import { expect, test } from "vitest";
import { renderForecast } from "../src/forecast/render-forecast.js";

const page = {
  title: "t5-<base>",
  remarks: ["Bytes are exact."],
  tables: [
    {
      title: "Peak",
      rows: [
        ["method", "peak"],
        ["a|b", "3 B"],
      ],
    },
  ],
  peaks: [{ label: "a", parts: { backbone: 1, activations: 2 }, text: "3 B" }],
};

test("a forecast is Markdown, a page that escapes what it shows, and a picture", () => {
  const files = new Map(renderForecast(page).map(({ name, content }) => [name, content]));
  expect([...files.keys()]).toEqual(["forecast.md", "forecast.html", "forecast-peak.svg"]);
  expect(files.get("forecast.md")).toContain("| a\\|b | 3 B |");
  expect(files.get("forecast.html")).toContain("<h1>t5-&lt;base&gt;</h1>");
  for (const part of ["backbone", "activations", "3 B"]) expect(files.get("forecast-peak.svg")).toContain(part);
});
