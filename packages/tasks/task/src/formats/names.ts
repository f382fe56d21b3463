/** Names of the text formats: one text in, one text out. */
export const textFormatNames = ["t5", "lst", "lm-eval"] as const;
export type TextFormatName = (typeof textFormatNames)[number];

/** Names of all formats. */
export const formatNames = [...textFormatNames, "segments"] as const;
