/// <reference lib="dom" />
import type { TableExport } from "../formats/export/table-export.js";

const formats = [
  ["latex", "LaTeX"],
  ["markdown", "Markdown"],
  ["csv", "CSV"],
] as const;

/** Puts "Copy as LaTeX, Markdown, CSV" below each table that has exports, and says aloud when it is copied. */
export function addCopyButtons(exports: Readonly<Record<string, TableExport>>): void {
  const status = document.getElementById("status");
  for (const [id, texts] of Object.entries(exports)) {
    const region = document.getElementById(`${id}-table`);
    const caption = region?.querySelector("caption")?.textContent?.trim() ?? "table";
    const bar = document.createElement("p");
    bar.className = "copy";
    bar.append("Copy as ");
    for (const [format, name] of formats) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.setAttribute("aria-label", `Copy as ${name}: ${caption}`);
      button.addEventListener("click", async () => {
        const done = await copy(texts[format]);
        if (status) status.textContent = done ? `Copied as ${name}.` : "The browser refused to copy.";
      });
      bar.append(button);
    }
    region?.after(bar);
  }
}

/** The clipboard where the browser gives it to a page from disk, else a selection. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
