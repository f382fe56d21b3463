import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryWorkspace } from "../temporary-workspace.js";
import { projectUrl, repositoryRoot } from "../workspace.mjs";
import { targetOf } from "./links.mjs";

const files = {
  "package.json": { description: "a project" },
  "README.md": "# petl-bench\n\n**Which?** This one.\n\n[guide](docs/guide.md)\n",
  "docs/README.md": "# Documentation\n\n## Run it\n\n- [Guide](guide.md): how\n",
  "docs/guide.md": "# Guide\n\n[home](../README.md), [method](../packages/methods/a#settings)\n",
  "docs/api/README.md": "# API\n",
  "docs/decisions/README.md": "# Decisions\n",
  "docs/example/report.md": "# Report\n",
  "docs/example/report.html": "<h1>Report</h1>",
  "packages/methods/a/README.md": "# a\n\n## Settings\n",
  "packages/methods/a/src/index.ts": "",
};
const isPage = (path: string) => path in files && path.endsWith(".md");

describe("where a link of docs/guide.md leads in the site", () => {
  test.each([
    ["../README.md", "/index.md"],
    ["README.md#run-it", "/docs/index.md#run-it"],
    ["../packages/methods/a", "/packages/methods/a/index.md"],
    ["../packages/methods/a/#settings", "/packages/methods/a/index.md#settings"],
    ["example/report.md", "/docs/example/index.md"],
    ["../packages/methods/a/src/index.ts", `${projectUrl}/blob/main/packages/methods/a/src/index.ts`],
    ["../packages/methods", `${projectUrl}/tree/main/packages/methods`],
  ])("%s: %s", (link, href) => {
    expect(targetOf(temporaryWorkspace(files), "docs/guide.md", link, isPage)).toEqual({ href });
  });

  test("a file of docs that is no page is published with the site", () => {
    const target = targetOf(temporaryWorkspace(files), "docs/guide.md", "example/report.html", isPage);
    expect(target).toEqual({ href: "/docs/example/report.html", file: "docs/example/report.html" });
  });

  test.each(["gone.md", "../packages/methods/gone", "../../outside.md"])("%s leads nowhere, and is refused", (link) => {
    expect(() => targetOf(temporaryWorkspace(files), "docs/guide.md", link, isPage)).toThrow(
      `site: docs/guide.md: expected the link ${link} to lead to a file or folder`,
    );
  });
});

/** Builds the site of these files in a process of its own. */
function build(sources: Record<string, unknown>, out = join(temporaryWorkspace({}), "out")) {
  const root = temporaryWorkspace(sources);
  symlinkSync(join(repositoryRoot, "node_modules"), join(root, "node_modules"));
  const module = pathToFileURL(join(repositoryRoot, "scripts", "site", "site.mjs")).href;
  const script = `const { buildSite } = await import(${JSON.stringify(module)}); await buildSite(${JSON.stringify(out)}, ${JSON.stringify(root)})`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

test("a link or a picture that leads nowhere fails the build", () => {
  const broken = build({ ...files, "docs/guide.md": "# Guide\n\n[next](gone.md)\n" });
  expect(broken.status).not.toBe(0);
  expect(broken.output).toContain("docs/guide.md: expected the link gone.md to lead to a file or folder, found none");
  const blind = build({ ...files, "docs/guide.md": "# Guide\n\n![picture](gone.svg)\n" });
  expect(blind.status).not.toBe(0);
  expect(blind.output).toContain("gone.svg");
});

test("a folder that holds anything but a site is left alone", () => {
  const out = temporaryWorkspace({ "letters.txt": "dear" });
  const { status, output } = build(files, out);
  expect(status).not.toBe(0);
  expect(output).toContain("or a site that was built before, found letters.txt in it");
  expect(readFileSync(join(out, "letters.txt"), "utf8")).toBe("dear");
});
