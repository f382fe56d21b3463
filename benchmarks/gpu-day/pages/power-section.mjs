import { number } from "./text.mjs";

/** The power sensor at rest and under a square wave. */
export function powerSection(power) {
  const heading = { heading: "The power sensor" };
  if (power === null) return [heading, { text: "This part did not run, or left no figures." }];
  if (power.gpu === null) return [heading, { text: `No power was read: ${power.reason}.` }];
  const head = ["field", "changes every, s", "at rest, W", "energy of the part, J"];
  const waves = power.waves.map(({ periodS }) => periodS);
  for (const periodS of waves) head.push(`${periodS} s wave: mean, W`, "low, W", "high, W", "half risen after, s");
  const rows = Object.entries(power.sensors).map(([name, { value, reason }]) => {
    if (value === null) return [name, reason, ...Array(head.length - 2).fill("n/a")];
    const { updatePeriod, idleW, energyJ } = value;
    const figures = value.waves.flatMap(({ meanW, lowW, highW, riseS }) => [meanW, lowW, highW, riseS].map(number));
    return [name, number(updatePeriod?.periodS), number(idleW), number(energyJ), ...figures];
  });
  const { value, reason } = power.counter;
  return [
    heading,
    {
      text: `Sampled every ${power.samplingMs} ms at rest and while products ran for half of each period. The driver's lines, each with the moment it came, are in raw/nvidia-smi-lines.jsonl.`,
    },
    { rows: [head, ...rows] },
    {
      text:
        value === null
          ? `The driver's energy counter was not read: ${reason}.`
          : `The driver's energy counter changed every ${number(value.updateS)} s and counted ${number(value.energyJ)} J over the part${value.energyReason === null ? "" : ` (${value.energyReason})`}.`,
    },
  ];
}
