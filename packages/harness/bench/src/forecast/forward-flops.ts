import device, { recordCosts } from "@petl/device-plan";
import type { PetlMethod } from "@petl/spec";
import { rehearseEvaluation } from "@petl/trainer";
import { parseConfig } from "../resolve/call-method.js";
import { loadMethod } from "../resolve/method.js";
import { sumOf } from "./kernel-sums.js";
import { type ForecastRequest, headOfForecast, withPlannedBackbone, withTrainee } from "./methods.js";

/** Floating-point operations of answering one row, or why they are not known. */
export type ForwardFlops =
  | { readonly flops: number; readonly reason: null }
  | { readonly flops: null; readonly reason: string };

/**
 * Counts what each tuned model computes for one row of the greatest lengths in an evaluation, on the plan device: no weights, no network.
 * Where a method cannot be loaded or does not fit the backbone, its entry says so.
 */
export async function forwardFlops(
  request: Pick<ForecastRequest, "settings" | "geometry" | "arms" | "places">,
): Promise<ForwardFlops[]> {
  const settings = { ...request.settings, batchSize: 1 };
  const opened = await device.open();
  try {
    const counted: ForwardFlops[] = [];
    for (const { method: name, config } of request.arms)
      try {
        const { definition } = await loadMethod(name, request.places);
        const parsed = parseConfig(definition, config);
        counted.push({ flops: flopsOf(definition, parsed, { ...request, settings }), reason: null });
      } catch (error) {
        if (!(error instanceof Error && "code" in error)) throw error; // a defect
        counted.push({ flops: null, reason: error.message });
      }
    return counted;
  } finally {
    await opened.close();
  }
}

function flopsOf(
  method: PetlMethod,
  config: unknown,
  { geometry, settings }: Pick<ForecastRequest, "geometry" | "settings">,
): number {
  return withPlannedBackbone(geometry, method, config, settings, headOfForecast, (backbone) =>
    withTrainee(backbone, method, config, settings, (trainee) =>
      sumOf(recordCosts(() => rehearseEvaluation(trainee, settings)).costs.kernels, "flops"),
    ),
  );
}
