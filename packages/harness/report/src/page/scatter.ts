/// <reference lib="dom" />
import { LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { scatterChart } from "../charts/scatter-chart.js";
import { type ParetoData, paretoFront, placed } from "../statistics/pareto.js";

use([LineChart, ScatterChart, GridComponent, TooltipComponent, LabelLayout, SVGRenderer]);

/** Replaces the still picture in element `id` by a live one whose axes can be chosen; returns how to redraw it. */
export function drawScatter(id: string, data: ParetoData): () => void {
  const place = document.getElementById(id)!;
  const front = document.getElementById(`${id}-front`);
  const choices = ["x", "y"].map((side) => document.querySelector<HTMLSelectElement>(`#${id}-${side}`)!);
  const [x, y] = choices as [HTMLSelectElement, HTMLSelectElement];
  place.replaceChildren();
  const chart = init(place, null, { renderer: "svg" });
  const draw = (): void => {
    chart.setOption(scatterChart(data, x.value, y.value, colourOf, true), true);
    const xAxis = data.axes.find(({ key }) => key === x.value)!;
    const yAxis = data.axes.find(({ key }) => key === y.value)!;
    const best = paretoFront(placed(data.points, xAxis.key, yAxis.key), xAxis, yAxis);
    const names = best.map(({ point }) => `${point.label} (${point.texts[yAxis.key]}, ${point.texts[xAxis.key]})`);
    if (front) front.textContent = `${yAxis.label} against ${xAxis.label}. On the Pareto front: ${names.join(", ")}`;
  };
  for (const choice of choices) choice.addEventListener("change", draw);
  new ResizeObserver(() => chart.resize()).observe(place);
  draw();
  return draw;
}

/** The present value of "var(--name)". */
function colourOf(colour: string): string {
  const name = /^var\((--[a-z0-9-]+)\)$/.exec(colour)?.[1];
  return name === undefined ? colour : getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
