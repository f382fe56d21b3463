/** A setting is wrong: names the field, what was expected and what was given. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "E_CONFIG";
  constructor(
    /** Dotted path of the setting, for example `lora.rank`. */
    readonly field: string,
    problem: string,
  ) {
    super(`${field}: ${problem}`);
  }
}

/** An attachment does not fit its backbone: an unknown site or tensor, or a name used twice. */
export class AttachmentError extends Error {
  override readonly name = "AttachmentError";
  readonly code = "E_ATTACHMENT";
}
