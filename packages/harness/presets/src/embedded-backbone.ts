/** The small pre-trained backbone of this repository, which the small suites run on. */
export const embeddedBackbone = "mini";

/** Backbones that the small suites' learning rates were fitted for: that one, and its geometry with random weights. */
export const fittedFor = [embeddedBackbone, `${embeddedBackbone}-random`];
