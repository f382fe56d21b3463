/// <reference lib="dom" />

/** Follows the theme choice and the system's; `onChange` redraws what has colours of its own. */
export function followTheme(onChange: () => void): void {
  const choice = document.querySelector<HTMLSelectElement>("#theme");
  choice?.addEventListener("change", () => {
    if (choice.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice.value;
    onChange();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
}
