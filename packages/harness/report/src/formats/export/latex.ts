import { displayWidth } from "../../text/text.js";
import type { Cell, Table } from "../../views/table.js";

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
  "†": "\\dag{}",
  "≈": "$\\approx$",
  "≥": "$\\geq$",
  "’": "'",
};

/** What pdfLaTeX sets without further packages: Latin letters, punctuation and the signs above. */
const foreign = /[^\u0020-\u007e\u00a0-\u017f\u2013\u2014\u2018-\u201d$]+/gu;

/** Sets a text in engines that read Unicode; pdfLaTeX, which would stop at it, prints its code points. */
const foreignCommand = "\\providecommand{\\foreigntext}[2]{\\ifdefined\\Umathchar #1\\else\\texttt{#2}\\fi}";

/** `text` as literal LaTeX for pdfLaTeX with T1 fonts, XeLaTeX and LuaLaTeX; what needs `foreignCommand` is set by it. */
export function escapeLatex(text: string): string {
  return text
    .split(/([\\{}#$%&_~^<>|"−±·…’†≈≥])/)
    .map((part, index) => (index % 2 === 1 ? special[part]! : part.replace(foreign, wrapped)))
    .join("");
}

function wrapped(run: string): string {
  const points = [...run].map((letter) => `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`);
  return `\\foreigntext{${run}}{${points.join(" ")}}`;
}

/** Characters of a line of a single-column page in small type: a wider table is scaled down to it. */
const lineLength = 64;
/** Rows that fit on a page: a longer table goes on in further ones. */
const pageRows = 45;

/** A table in booktabs; cells with no figure are dashes; notes are below. */
export function latexTable({ id, caption, headers, rows: body, footer, legend, notes, absent }: Table): string {
  const rows = [...body, ...footer];
  const cells = [headers.map((header) => escapeLatex(header.text)), ...rows.map((row) => row.map(cellText))];
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ""))));
  const line = (row: readonly string[]) =>
    `    ${row.map((cell, column) => cell + " ".repeat(widths[column]! - displayWidth(cell))).join(" & ")} \\\\`;
  const [head, ...lines] = cells.map(line);
  lines.splice(body.length, 0, ...(footer.length > 0 && body.length > 0 ? ["    \\midrule"] : []));
  const isWide = printedWidth(headers, rows) > lineLength;
  const parts = Math.max(1, Math.ceil(lines.length / pageRows));
  const below = [
    ...legend.map(escapeLatex),
    ...absent.map(({ header, reason }) => `${escapeLatex(header)}: n/a, ${escapeLatex(reason)}`),
    ...notes.map(({ number, text: reason }) => `\\textsuperscript{${number}}~${escapeLatex(reason)}`),
  ].map((note) => `\n  {\\footnotesize ${note}\\par}`);
  const source = Array.from({ length: parts }, (_, part) =>
    [
      "\\begin{table}",
      "  \\centering",
      "  \\small",
      `  \\caption{${escapeLatex(caption)}${parts > 1 ? ` (${part + 1} of ${parts})` : ""}}`,
      `  \\label{tab:${id}${part > 0 ? `-${part + 1}` : ""}}`,
      ...(isWide ? ["  \\resizebox{\\linewidth}{!}{%"] : []),
      `  \\begin{tabular}{${headers.map(({ numeric }) => (numeric ? "r" : "l")).join("")}}`,
      "    \\toprule",
      head,
      "    \\midrule",
      ...lines.slice(part * pageRows, (part + 1) * pageRows),
      "    \\bottomrule",
      `  \\end{tabular}${isWide ? "}" : ""}`,
      ...(part === parts - 1 ? below : []),
      "\\end{table}",
      "",
    ].join("\n"),
  ).join("\n");
  return source.includes("\\foreigntext{") ? `${foreignCommand}\n${source}` : source;
}

function cellText({ text, mark, note, detail, missing }: Cell): string {
  const signs = mark === undefined ? "" : ` ${escapeLatex(mark)}`;
  const number = note === undefined ? "" : `\\textsuperscript{${note}}`;
  const second = detail === undefined ? "" : ` (${escapeLatex(detail)})`;
  return `${missing ? "--" : escapeLatex(text)}${signs}${number}${second}`;
}

/** Characters of the widest row, two between columns. */
function printedWidth(headers: Table["headers"], rows: Table["rows"]): number {
  return headers.reduce((sum, header, column) => {
    const texts = [
      header.text,
      ...rows.map((row) => `${row[column]!.text}${row[column]!.detail ? ` (${row[column]!.detail})` : ""}`),
    ];
    return sum + 2 + Math.max(...texts.map(displayWidth));
  }, -2);
}
