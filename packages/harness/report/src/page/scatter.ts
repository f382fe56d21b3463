/// <reference lib="dom" />
import { LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { scatterChart } from "../charts/scatter-chart.js";
import { type ParetoData, paretoDescription } from "../statistics/pareto.js";

use([LineChart, ScatterChart, GridComponent, TooltipComponent, SVGRenderer]);

/** Replaces the still picture in element `id` by a live one whose axes can be chosen; returns how to redraw it. */
export function drawScatter(id: string, data: ParetoData): () => void {
  const place = document.getElementById(id)!;
  const front = document.getElementById(`${id}-front`);
  const choices = ["x", "y"].map((side) => document.querySelector<HTMLSelectElement>(`#${id}-${side}`)!);
  const [x, y] = choices as [HTMLSelectElement, HTMLSelectElement];
  place.replaceChildren();
  const chart = init(place, null, { renderer: "svg" });
  const draw = (): void => {
    const size = { width: chart.getWidth(), height: chart.getHeight() };
    const options = { colour: colourOf, size, interactive: true };
    chart.setOption(scatterChart(data, x.value, y.value, options), true);
    if (front) front.textContent = paretoDescription(data, x.value, y.value);
  };
  for (const choice of choices) choice.addEventListener("change", draw);
  new ResizeObserver(() => {
    chart.resize();
    draw();
  }).observe(place);
  draw();
  return draw;
}

/** The present value of "var(--name)". */
function colourOf(colour: string): string {
  const name = /^var\((--[a-z0-9-]+)\)$/.exec(colour)?.[1];
  return name === undefined ? colour : getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
