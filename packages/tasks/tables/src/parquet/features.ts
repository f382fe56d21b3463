import { parseJson } from "@petl/files";
import type { FileMetaData } from "hyparquet";
import type { Column } from "../table.js";
import { claim, Damage } from "./damage.js";

/**
 * Columns with the class names that Hugging Face datasets keeps in the footer, under the key `huggingface`.
 * @throws {Damage} where that entry is no JSON or has class names that are none
 */
export function columnsOf(names: readonly string[], metadata: FileMetaData): Column[] {
  const features = featuresOf(metadata);
  return names.map((name) => {
    const feature = Object.hasOwn(features, name) ? features[name] : undefined;
    if (typeof feature !== "object" || feature === null || !("_type" in feature)) return { name };
    if (feature._type !== "ClassLabel" || !("names" in feature)) return { name };
    const classNames: unknown = feature.names;
    claim(
      Array.isArray(classNames) && classNames.length > 0 && classNames.every((each) => typeof each === "string"),
      "its huggingface entry has class names that are no texts",
    );
    return { name, classNames: classNames as string[] };
  });
}

function featuresOf({ key_value_metadata: entries }: FileMetaData): Record<string, unknown> {
  const text = entries?.find(({ key }) => key === "huggingface")?.value;
  if (text === undefined) return {};
  const features = parse(text)?.info?.features;
  return typeof features === "object" && features !== null ? (features as Record<string, unknown>) : {};
}

function parse(text: string): { info?: { features?: unknown } | null } | null {
  try {
    return parseJson(text) as ReturnType<typeof parse>;
  } catch {
    throw new Damage("its huggingface entry is not JSON");
  }
}
