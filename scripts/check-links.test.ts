import { describe, expect, test } from "vitest";
import { checkLinks } from "./check-links.mjs";
import { temporaryWorkspace } from "./temporary-workspace.js";

const problems = (text: string) =>
  checkLinks(
    temporaryWorkspace({
      "README.md": text,
      "docs/page.md": '# A page\n\n## What `a` costs, in bytes\n\n## Twice\n\n## Twice\n\n<a id="own"></a>\n',
      "docs/picture.svg": "<svg/>",
    }),
  );

describe("links", () => {
  test.each([
    "[file](docs/page.md)",
    "[folder](docs)",
    "[![picture](docs/picture.svg)](docs/page.md#a-page)",
    "[over two\nlines](docs/page.md)",
    "[code in a heading](docs/page.md#what-a-costs-in-bytes)",
    "[the second of its name](docs/page.md#twice-1)",
    "[own anchor](docs/page.md#own)",
    "# Here\n\n[this page](#here)",
    "[site](https://example.org/missing.md#nothing)",
    "`[span](missing.md)`",
    "```md\n[fenced](missing.md)\n```",
    "[by reference][page]\n\n[page]: docs/page.md",
  ])("%j passes", (text) => {
    expect(problems(text)).toEqual([]);
  });

  test.each([
    ["[x](docs/gone.md)", "README.md:3: broken-link: docs/gone.md: no such file or folder"],
    ["![x](gone.svg)", "README.md:3: broken-link: gone.svg: no such file or folder"],
    ["[x]: gone.md", "README.md:3: broken-link: gone.md: no such file or folder"],
    ["[x](#gone)", "README.md:3: broken-link: #gone: no heading of README.md has this anchor"],
    [
      "[x](docs/page.md#gone)",
      "README.md:3: broken-link: docs/page.md#gone: no heading of docs/page.md has this anchor",
    ],
  ])("%s is reported with its line", (link, problem) => {
    expect(problems(`# Title\n\n${link}\n`)).toEqual([problem]);
  });

  test("outputs of commands, expected outputs of tests and installed files are not checked", () => {
    const root = temporaryWorkspace({
      "reports/README.md": "# Reports",
      "reports/quick/report.md": "[x](gone.md)",
      "docs/api/spec.md": "[x](gone.md)",
      "packages/core/a/test/fixtures/report.md": "[x](gone.md)",
      "packages/core/a/node_modules/b/README.md": "[x](gone.md)",
    });
    expect(checkLinks(root)).toEqual([]);
  });
});
