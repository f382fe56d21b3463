/** The arm that was measured of a backbone, batch, method and engine; undefined where it was not. */
export const findArm = (arms, wanted) =>
  arms.find((arm) => arm.status === "measured" && Object.entries(wanted).every(([key, value]) => arm[key] === value));

/** Ours beside PyTorch's engine that stands for the same. */
export const counterparts = { "ours f32": "torch f32", "ours f16": "torch bf16" };

/** Backbones and batches in the order in which they first come. */
export function groupsOf(arms) {
  const seen = new Map();
  for (const { backbone, batch } of arms) seen.set(`${backbone} ${batch}`, { backbone, batch });
  return [...seen.values()];
}

/** Methods of a group, in the order in which they first come. */
export const methodsOf = (arms, { backbone, batch }) => [
  ...new Set(arms.filter((arm) => arm.backbone === backbone && arm.batch === batch).map(({ method }) => method)),
];
