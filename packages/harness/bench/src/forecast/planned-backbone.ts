import type { BackboneModel, HeadTask } from "@petl/backbone";
import { seededRandom } from "@petl/tensor";
import type { RehearsedSettings } from "@petl/trainer";
import { answeredBy } from "../resolve/answering.js";
import type { Geometry } from "./geometry.js";

/** A backbone of a geometry on the plan device, with a head where one answers. @throws BenchError E_SUITE_INVALID for a scoring its family lacks */
export function plannedBackbone(
  { name, family: { definition: family }, config }: Geometry,
  { scoring }: Pick<RehearsedSettings, "scoring">,
  head: HeadTask,
): BackboneModel {
  const random = seededRandom(0);
  const answered = answeredBy(family, { scoring, textFormat: "auto" });
  const model = family.build(name, config, family.initialise(config, random, "trained"));
  return answered.scoring === "head" ? model.withHead(head, random) : model;
}
