import {
  type Change,
  changeAgent,
  changeNumber,
  changePatient,
  changePlace,
  changeQuality,
  changeTime,
  changeVerb,
} from "../change.js";
import type { Draw } from "../draw.js";
import { drawEvent, drawWording, type Event, landWorld, sentenceOf } from "../event.js";
import type { TaskGenerator } from "./row.js";

const details: readonly Change[] = [changePlace, changeTime, changeNumber, changeQuality];
const cores: readonly Change[] = [changeAgent, changeVerb, changePatient];

/**
 * Similarity from 0 to 5: 5 means the same, 4 differs in a detail, 3 in two, 2 in a part of the core and a detail, 1 shares
 * one part of the core, 0 shares nothing. The score varies in steps of 0.2, as the mean of several judges does.
 */
export const stsb: TaskGenerator = {
  labels: ["0", "1", "2", "3", "4", "5"],
  row(draw, label) {
    const level = Number(label);
    const event = drawEvent(draw, landWorld);
    const other = level === 0 ? drawUnlike(draw, event) : changed(draw, event, level);
    const texts = [event, other].map((each) => sentenceOf(each, draw, drawWording(draw, 0.4)));
    const score = Math.min(5, Math.max(0, level + (draw.integer(5) - 2) / 5));
    return { texts: draw.shuffle(texts), label: score.toFixed(3) };
  },
};

function changed(draw: Draw, event: Event, level: number): Event {
  if (level >= 3) return apply(draw, event, details, 5 - level);
  const withDetails = apply(draw, event, details, 4 - level);
  return apply(draw, withDetails, cores, 3 - level);
}

function apply(draw: Draw, event: Event, changes: readonly Change[], count: number): Event {
  let current = event;
  let left = count;
  for (const change of draw.shuffle(changes)) {
    if (left === 0) break;
    const next = change(current, draw, landWorld);
    if (next === null) continue;
    current = next;
    left -= 1;
  }
  return current;
}

function drawUnlike(draw: Draw, { agent, meaning, patient, place, time }: Event): Event {
  for (;;) {
    const other = drawEvent(draw, landWorld);
    const shares =
      other.agent.noun === agent.noun ||
      other.meaning === meaning ||
      other.patient.noun === patient.noun ||
      other.place === place ||
      other.time === time;
    if (!shares) return other;
  }
}
