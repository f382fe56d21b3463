import { displayWidth } from "../text.js";
import type { Table } from "../view/table.js";

const special: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "#": "\\#",
  $: "\\$",
  "%": "\\%",
  "&": "\\&",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
  "−": "$-$",
  "±": "$\\pm$",
  "·": "$\\cdot$",
  "…": "\\dots{}",
  "’": "'",
};

/** `text` as literal LaTeX for pdfLaTeX with T1 fonts, XeLaTeX and LuaLaTeX; other scripts need one of the latter two. */
export function escapeLatex(text: string): string {
  return text.replace(/[\\{}#$%&_~^<>|"−±·…’]/g, (letter) => special[letter] ?? letter);
}

/** A table in booktabs; cells with no figure are dashes, their reasons notes below. */
export function latexTable({ id, caption, headers, rows, notes }: Table): string {
  const text = (cell: Table["rows"][number][number]) => {
    const note = cell.note === undefined ? "" : `\\textsuperscript{${cell.note}}`;
    const detail = cell.detail === undefined ? "" : ` (${escapeLatex(cell.detail)})`;
    return `${cell.note === undefined ? escapeLatex(cell.text) : "--"}${note}${detail}`;
  };
  const cells = [headers.map((header) => escapeLatex(header.text)), ...rows.map((row) => row.map(text))];
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ""))));
  const line = (row: readonly string[]) =>
    `    ${row.map((cell, column) => cell + " ".repeat(widths[column]! - displayWidth(cell))).join(" & ")} \\\\`;
  return [
    "\\begin{table}",
    "  \\centering",
    "  \\small",
    `  \\caption{${escapeLatex(caption)}}`,
    `  \\label{tab:${id}}`,
    `  \\begin{tabular}{${headers.map(({ numeric }) => (numeric ? "r" : "l")).join("")}}`,
    "    \\toprule",
    line(cells[0]!),
    "    \\midrule",
    ...cells.slice(1).map(line),
    "    \\bottomrule",
    "  \\end{tabular}",
    ...notes.map(
      ({ number, text: reason }) => `\n  \\footnotesize \\textsuperscript{${number}}~n/a: ${escapeLatex(reason)}`,
    ),
    "\\end{table}",
    "",
  ].join("\n");
}
