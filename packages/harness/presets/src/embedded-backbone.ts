/** The backbone that comes with this repository, which the small suites run on. */
export const embeddedBackbone = "mini";
