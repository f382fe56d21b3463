import { fileURLToPath } from "node:url";
import type { FoundMethod } from "../resolve/method.js";
import { packageOf } from "../resolve/packages.js";
import { sourceDigest } from "../resolve/source-digest.js";
import untouched from "./untouched.js";

/** Built output, from the sources as well: a run's process imports it. */
const url = new URL("../../dist/baseline/untouched.js", import.meta.url).href;

/** The method that leaves a backbone as it is. */
export function findUntouched(): FoundMethod {
  const { name, version } = packageOf(url) ?? { name: fileURLToPath(url), version: null };
  return { url, packageName: name, version, name: untouched.name, definition: untouched, sha256: sourceDigest(url) };
}
