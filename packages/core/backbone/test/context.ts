import { seededRandom } from "@petl/tensor";
import { type Intervention, Pass, type PassBackbone, type Row } from "../src/index.js";
import family from "./running-mean.js";

export const context = { params: {}, training: false, random: seededRandom(0) };

export const testModel = () =>
  family.build("test", family.testConfig, family.initialise(family.testConfig, seededRandom(3), "trained"));

/** A pass in evaluation, where nothing but what is given happens beside the backbone. */
export const passOf = (backbone: PassBackbone, intervention: Partial<Intervention> = {}): Pass =>
  new Pass(backbone, { hooks: new Map(), unfrozen: [], reads: [], ...intervention }, context, 0);

/** Rows of different lengths, one without a known answer. */
export const rows: readonly Row[] = [
  { source: [5, 9, 7], answer: [4, 6] },
  { source: [8, 3, 2, 11, 12], answer: [] },
  { source: [30], answer: [31] },
];
