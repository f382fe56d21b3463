import {
  changeAgent,
  changeNumber,
  changeOne,
  changePatient,
  changePlace,
  changeQuality,
  changeTime,
  changeVerb,
  negate,
  swapQualities,
  swapRoles,
} from "../change.js";
import { drawEvent, drawWording, landWorld, sentenceOf } from "../event.js";
import type { TaskGenerator } from "./row.js";

/** Paraphrase: other words, voice and order keep the meaning; one change, or swapped roles, changes it. */
export const mrpc: TaskGenerator = {
  labels: ["0", "1"],
  row(draw, label) {
    const event = drawEvent(draw, landWorld, draw.chance(0.5) ? "person" : "thing");
    const isSame = label === "1";
    const other = isSame ? event : drawOther(draw, event);
    const texts = [event, other].map((each) => sentenceOf(each, draw, drawWording(draw, isSame ? 0.6 : 0.4)));
    return { texts: draw.shuffle(texts), label };
  },
};

function drawOther(draw: Parameters<TaskGenerator["row"]>[0], event: ReturnType<typeof drawEvent>) {
  const one = draw.chance(0.12)
    ? negate(event, draw, landWorld)!
    : changeOne(event, draw, landWorld, [swapRoles, changeVerb, swapQualities, changeAgent, changePatient]);
  if (draw.chance(0.7)) return one;
  return changeOne(one, draw, landWorld, [changePlace, changeTime, changeNumber, changeQuality]);
}
