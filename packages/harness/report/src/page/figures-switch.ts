/// <reference lib="dom" />

/** Shows both figures of a cell, or the absolute or the relative one alone. */
export function followFigures(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="figures"]')) {
    input.addEventListener("change", () => {
      document.documentElement.dataset.figures = input.value;
    });
  }
}
