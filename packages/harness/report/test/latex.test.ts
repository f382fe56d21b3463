import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildReport, renderLatex } from "@petl/report";
import { afterAll, expect, test } from "vitest";
import { syntheticGrid } from "./record-factory.js";

const isThere = spawnSync("pdflatex", ["--version"]).status === 0;
if (!isThere) console.warn("LaTeX is not compiled: no pdflatex here (Debian: texlive-latex-base, -recommended)");

const folder = mkdtempSync(join(tmpdir(), "petl-latex-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hostile = 'a_b|c%d\\e{f}<g>$h#~^&"\u05e9\u05dc\u05d5\u05dd \u{1f9ea}';

test.skipIf(!isThere)("the LaTeX report compiles without an error or an overfull line, hostile names included", () => {
  const tasks = ["cola", "sst2", "mrpc", "qqp", "stsb", "mnli", "qnli", "rte", "wnli", hostile];
  const records = syntheticGrid(tasks, [0, 1], { energy: true }).map((record) =>
    record.run.method === "off-path" ? { ...record, run: { ...record.run, method: hostile } } : record,
  );
  writeFileSync(join(folder, "report.tex"), renderLatex(buildReport(records, { reference: "all-weights" })));
  const packages = "\\usepackage[T1]{fontenc}\\usepackage{booktabs,graphicx}";
  const document = `\\documentclass{article}\n${packages}\n\\begin{document}\\input{report}\\end{document}\n`;
  writeFileSync(join(folder, "document.tex"), document);
  const log = execFileSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "-draftmode", "document.tex"], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(log.match(/^!.*|Overfull.*/gm)).toBeNull();
});
