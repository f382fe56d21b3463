/** No backbone has this name, its parts do not belong together, or it cannot do what is asked. */
export class BackboneError extends Error {
  override readonly name = "BackboneError";
  constructor(
    readonly code:
      | "E_BACKBONE_UNKNOWN"
      | "E_BACKBONE_VOCABULARY"
      | "E_BACKBONE_DAMAGED"
      | "E_BACKBONE_HEAD"
      | "E_BACKBONE_STORAGE",
    message: string,
  ) {
    super(message);
  }
}
