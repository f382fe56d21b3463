import type { ChildEvent } from "@petl/bench";
import { type RunRecord, reportedScore } from "@petl/results";

/** One number of a run. */
export interface Scalar {
  /** `<group>/<what>`, with the unit at its end where it has one. */
  readonly tag: string;
  /** Updates made before it. */
  readonly step: number;
  /** NaN for a loss that is not finite. */
  readonly value: number;
}

/** The numbers that an event of a run brings; none for most. */
export function scalarsOf(event: ChildEvent): Scalar[] {
  switch (event.type) {
    case "step": {
      const { step, loss, learningRate, lossScale } = event;
      if (loss === undefined) return [];
      return [
        { tag: "train/loss", step, value: loss ?? Number.NaN }, // JSON has no NaN: null
        { tag: "train/learning_rate", step, value: learningRate },
        ...(lossScale === undefined ? [] : [{ tag: "train/loss_scale", step, value: lossScale }]),
      ];
    }
    case "evaluation":
    case "test": {
      const { step, score, metrics } = event;
      const values = Object.entries({ ...metrics, score });
      return values.map(([name, value]) => ({ tag: `${event.type}/${name}`, step, value }));
    }
    default:
      return [];
  }
}

/** The numbers that only a whole record has, at its last update; what was not measured is left out. */
export function finalScalars(record: RunRecord): Scalar[] {
  const { counts, time, memory, energy } = record;
  const step = time?.steps ?? record.curve.at(-1)?.step ?? 0;
  const { training, evaluation } = memory?.peakTensorBytes ?? {};
  const values: Readonly<Record<string, number | null | undefined>> = {
    "result/score": reportedScore(record)?.score,
    "result/trainable_parameters": counts?.trainableParams,
    "result/backward_layers": counts?.backwardLayers,
    "memory/training_peak_tensor_bytes": training?.total,
    "memory/evaluation_peak_tensor_bytes": evaluation?.total,
    "memory/peak_host_bytes": memory?.peakHostBytes,
    "memory/peak_device_bytes": memory?.device.peakBytes,
    "time/training_s": time?.trainTimeS,
    "time/evaluation_s": time?.evalTimeS,
    "time/step_median_s": time?.stepMedianS,
    "energy/training_gross_j": energy?.training?.grossJ,
    "energy/training_net_j": energy?.training?.netJ,
    "energy/evaluation_gross_j": energy?.evaluation?.grossJ,
    "energy/evaluation_net_j": energy?.evaluation?.netJ,
  };
  return Object.entries(values).flatMap(([tag, value]) =>
    value === null || value === undefined ? [] : [{ tag, step, value }],
  );
}
