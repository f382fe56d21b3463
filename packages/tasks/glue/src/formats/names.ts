/** Names of the text formats. */
export const textFormatNames = ["t5", "lst"] as const;
export type TextFormatName = (typeof textFormatNames)[number];
