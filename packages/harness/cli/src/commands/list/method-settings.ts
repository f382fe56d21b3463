import { type FoundMethod, firstLine } from "@petl/bench";

/** A method's settings with their defaults; null, with the method's own words, where it cannot do without some. */
export interface MethodSettings {
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly needs: string | null;
}

/** What a method's `parse` makes of no settings at all. */
export function methodSettings(method: Pick<FoundMethod["definition"], "parse">): MethodSettings {
  try {
    return { settings: { ...(method.parse({}) as object) }, needs: null };
  } catch (error) {
    return { settings: null, needs: firstLine(error) };
  }
}
