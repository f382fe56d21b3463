// Asks for the figures once a second and shows them, until the suite has ended.
const periodMs = 1000;
const byId = (id) => document.getElementById(id);

/** An element with attributes, and children or a text; nothing is ever read as HTML. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Seconds as `8 s`, `3 min 20 s` or `2 h 5 min`. */
function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const figure = (value, digits) => (value === null ? "not finite" : value.toFixed(digits));

/** The losses of a run as a curve; the lowest and highest are told in its name, for those who do not see it. */
function curve(losses) {
  const points = losses.filter(([, loss]) => loss !== null);
  const values = points.map(([, loss]) => loss);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [points[0][0], points.at(-1)[0]];
  const x = (step) => ((step - first) / (last - first || 1)) * 100;
  const y = (loss) => 38 - ((loss - low) / (high - low || 1)) * 36;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const label = `Training loss from step ${first} to ${last}: between ${low.toFixed(3)} and ${high.toFixed(3)}`;
  const attributes = { viewBox: "0 0 100 40", preserveAspectRatio: "none", role: "img", "aria-label": label };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  line.setAttribute("points", points.map(([step, loss]) => `${x(step)},${y(loss)}`).join(" "));
  svg.append(line);
  return svg;
}

function runningCard({ slot, step, steps, losses, scores }) {
  const loss = losses.at(-1)?.[1];
  const facts = [
    steps === null ? "starting" : `step ${step} of ${steps}`,
    ...(loss === undefined ? [] : [`loss ${figure(loss, 3)}`]),
    ...scores.slice(-1).map(([at, score]) => `score ${score.toFixed(1)} at step ${at}`),
  ];
  const caption = element("figcaption", {}, slot, element("span", {}, facts.join(", ")));
  const isDrawn = losses.filter(([, each]) => each !== null).length > 1;
  return element("figure", {}, ...(isDrawn ? [curve(losses)] : []), caption);
}

function doneRow({ slot, state, score }) {
  const shown = score === null ? state : score.toFixed(1);
  return element("tr", {}, element("td", {}, slot), element("td", { class: "number" }, shown));
}

const orNone = (items, none) => (items.length > 0 ? items : [none]);

function summary({ total, counts, leftS, ending }) {
  const figures = [
    `${counts.done} of ${total} runs are done`,
    `${counts.running} running`,
    `${counts.failed} failed`,
    `${counts.waiting} waiting`,
    ...(leftS === null ? [] : [`about ${duration(leftS)} left`]),
  ];
  const endings = { over: "The suite has ended. ", stopped: "The suite was killed. " };
  return `${endings[ending] ?? ""}${figures.join(", ")}`;
}

function show(state) {
  document.title = `${state.counts.done}/${state.total} ${state.suite}`;
  byId("suite").textContent = state.suite;
  const text = summary(state);
  if (byId("summary").textContent !== text) byId("summary").textContent = text;
  byId("share").max = state.total;
  byId("share").value = state.counts.done;
  byId("running").replaceChildren(...orNone(state.running.map(runningCard), "none"));
  const failures = state.failed.map(({ slot, error }) => element("li", { class: "failed" }, `${slot}: ${error}`));
  byId("failed").replaceChildren(...orNone(failures, element("li", {}, "none")));
  byId("done").replaceChildren(
    ...orNone(state.done.map(doneRow), element("tr", {}, element("td", { colspan: "2" }, "none"))),
  );
}

async function follow() {
  try {
    const state = await (await fetch("state.json")).json();
    show(state);
    if (state.ending !== null) return;
  } catch {
    byId("summary").textContent = "bench watch has ended; start it again to go on.";
    return;
  }
  setTimeout(follow, periodMs);
}

follow();
