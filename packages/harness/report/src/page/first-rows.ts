/// <reference lib="dom" />

/** Shows the first rows of a table of very many, whichever those are as it is sorted, and a button for all of them. */
export function showFirstRows(table: HTMLTableElement): void {
  const count = Number(table.dataset.rows).toLocaleString("en-US");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `Show all ${count} rows`;
  button.addEventListener("click", () => {
    table.classList.remove("first");
    button.remove();
  });
  table.classList.add("first");
  table.parentElement?.after(button);
}
