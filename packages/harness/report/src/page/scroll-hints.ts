/// <reference lib="dom" />

/** Says above each table and picture that is wider than its box that it scrolls sideways. */
export function addScrollHints(): void {
  for (const region of document.querySelectorAll<HTMLElement>(".table, .wide")) {
    const hint = document.createElement("p");
    hint.className = "scroll-hint";
    hint.textContent = "Scroll sideways to see all of it \u2192";
    hint.hidden = true;
    region.before(hint);
    const follow = (): void => {
      hint.hidden = region.scrollWidth <= region.clientWidth + 1;
    };
    new ResizeObserver(follow).observe(region);
    region.closest("details")?.addEventListener("toggle", follow);
    follow();
  }
}
