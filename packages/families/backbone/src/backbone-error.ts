/** No backbone has this name, or its parts do not belong together. */
export class BackboneError extends Error {
  override readonly name = "BackboneError";
  constructor(
    readonly code: "E_BACKBONE_UNKNOWN" | "E_BACKBONE_VOCABULARY" | "E_BACKBONE_DAMAGED",
    message: string,
  ) {
    super(message);
  }
}
