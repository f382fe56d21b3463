// Training steps of a method on random weights that are kept in one format, in a process of its own: a line of JSON on stdout.
import { weightKeeper } from "@petl/backbone";
import { liveBytes, peakBytes, resetPeakBytes, seededRandom } from "@petl/tensor";
import { defaultSettings, rehearseUpdate, Trainee, TunedModel } from "@petl/trainer";

const {
  family: familyName,
  geometry,
  layers,
  dtype,
  method: name,
  steps,
  batch,
  tokens,
  device: deviceName,
} = JSON.parse(process.argv[2]);
const { default: provider } = await import(`@petl/device-${deviceName}`);
const { default: family } = await import(`@petl/family-${familyName}`);
const { default: method } = await import(`@petl/method-${name}`);
const device = await provider.open();
const config = { ...family.geometries[geometry], ...(layers === null ? {} : { layers }) };
const keep = weightKeeper(family, config, { dtype, unfrozen: new Set() }).drawn;
const drawnMs = performance.now();
const drawn = family.build("random", config, family.initialise(config, seededRandom(1), "frozen", keep));
const backbone = drawn.withHead({ kind: "classes", outputs: 2 }, seededRandom(2));
const model = TunedModel.attach(backbone, method, method.parse({}), seededRandom(3));
const trainee = new Trainee(model);
const settings = { ...defaultSettings, scoring: "head", batchSize: batch, maxLength: tokens };
const buildS = (performance.now() - drawnMs) / 1000;
const ms = [];
for (let step = 0; step <= steps; step++) {
  if (step === 1) resetPeakBytes(); // the first step warms up
  const from = performance.now();
  rehearseUpdate(trainee, settings);
  await device.synchronize();
  if (step > 0) ms.push(performance.now() - from);
}
const parameters = Object.values(backbone.params).reduce((sum, { size }) => sum + size, 0);
const heldBytes = process.memoryUsage().rss;
console.log(
  JSON.stringify({ parameters, backbone: liveBytes().backbone, peak: peakBytes().total, heldBytes, buildS, ms }),
);
await device.close();
