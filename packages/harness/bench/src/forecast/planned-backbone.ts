import { type BackboneModel, type HeadTask, weightKeeper } from "@petl/backbone";
import { seededRandom } from "@petl/tensor";
import type { RehearsedSettings } from "@petl/trainer";
import { answeredBy } from "../resolve/answering.js";
import type { Geometry } from "./geometry.js";

/** A backbone of a geometry on the plan device, with a head where one answers; tensors that are trained, `unfrozen`, are float32. @throws BenchError E_SUITE_INVALID for a scoring its family lacks */
export function plannedBackbone(
  { name, family: { definition: family }, config }: Geometry,
  { scoring, backboneDtype: dtype }: Pick<RehearsedSettings, "scoring" | "backboneDtype">,
  head: HeadTask,
  unfrozen: ReadonlySet<string> = new Set(),
): BackboneModel {
  const random = seededRandom(0);
  const answered = answeredBy(family, { scoring, textFormat: "auto" });
  const model = family.build(
    name,
    config,
    family.initialise(config, random, "trained", weightKeeper(family, config, { dtype, unfrozen }).drawn),
  );
  return answered.scoring === "head" ? model.withHead(head, random) : model;
}
