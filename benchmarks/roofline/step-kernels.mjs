import plan, { recordCosts } from "@petl/device-plan";
import { seededRandom } from "@petl/tensor";
import { Trainee, TunedModel, trainStep } from "@petl/trainer";
import { geometryOf, randomBackbone, withBatch } from "../random-model.mjs";

/**
 * The kernels of one training step, counted on the device of shapes: FLOPs and bytes moved of each, forward, backward and update.
 *
 * @param {{ backbone: string, method: string, batch: number, tokens: number, targets: number }} step
 * @returns {Promise<readonly import("@petl/device-plan").KernelCost[]>}
 */
export async function stepKernels({ backbone: name, method: methodName, ...sizes }) {
  const geometry = await geometryOf(name);
  const { default: method } = await import(`@petl/method-${methodName}`);
  const device = await plan.open();
  const backbone = randomBackbone(geometry);
  try {
    return await withBatch(geometry, backbone, sizes, (batch) => {
      const model = TunedModel.attach(backbone, method, method.parse({}), seededRandom(0));
      const trainee = new Trainee(model);
      const settings = { step: 1, learningRate: 1e-3, clipNorm: null };
      const { costs, result } = recordCosts(() => trainStep(trainee, batch, settings, seededRandom(0)));
      result.loss.dispose();
      model.dispose();
      trainee.dispose();
      return costs.kernels;
    });
  } finally {
    backbone.dispose();
    await device.close();
  }
}
