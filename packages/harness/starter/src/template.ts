import { readFileSync } from "node:fs";

const folder = new URL("../templates/", import.meta.url);
const pascalCase = (name: string): string => name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** A file of `templates/`, which are those of a method called `own-bias`, with another name for it. */
export function filled(file: string, name: string): string {
  return readFileSync(new URL(file, folder), "utf8")
    .replaceAll("own-bias", name)
    .replaceAll("OwnBias", pascalCase(name))
    .replaceAll("ownBias", camelCase(name));
}
