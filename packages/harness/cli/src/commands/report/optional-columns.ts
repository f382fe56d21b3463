/** Columns that a summary has only where they are asked for. */
export const optionalColumns = ["pscp"] as const;
export type OptionalColumn = (typeof optionalColumns)[number];
