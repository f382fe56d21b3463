import type { RunIdentity } from "@petl/results";
import type { Observation } from "./observation.js";

/** The identity of a run: what was planned, with what its process found. */
export function identityPart(planned: RunIdentity, observation: Observation): RunIdentity {
  const { device, backbone, backboneFiles, modelType } = observation;
  return {
    ...planned,
    backbone: {
      ...planned.backbone,
      modelType,
      files: backboneFiles ?? planned.backbone.files,
      revision: backbone?.revision ?? planned.backbone.revision,
      paramsSha256: backbone?.paramsSha256 ?? null,
    },
    device: { ...planned.device, ...computedWith(device?.details ?? {}) },
  };
}

/** The threads and kernels that a device says it computes with. */
function computedWith(details: Readonly<Record<string, unknown>>): Pick<RunIdentity["device"], "threads" | "kernels"> {
  const { threads, products, simd, variant } = details;
  const kernels = [products, simd, variant].filter((each) => typeof each === "string");
  return {
    threads: typeof threads === "number" ? threads : null,
    kernels: kernels.length === 0 ? null : kernels.join(" "),
  };
}
