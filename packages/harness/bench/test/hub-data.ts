import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";
import { type HubBehaviour, loopbackHub } from "../../../core/hub/test/loopback-hub.js";

const folder = fileURLToPath(new URL("fixtures/hub", import.meta.url));

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The rows in the Parquet files, by data set, configuration and split. */
export const written: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Rows>>>>>> = JSON.parse(
  readFileSync(join(folder, "rows.json"), "utf8"),
).rows;

/** The commit of a data set's conversion. */
export const commit = "c".repeat(40);

/** A hub on this machine that has converted a data set of the fixtures, and an empty cache for what is fetched of it. */
export async function hubOf(name: string, behaviour: Partial<HubBehaviour> = {}) {
  const root = join(folder, name);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = Object.fromEntries(
    paths.map(({ parentPath, name: file }) => [
      relative(root, join(parentPath, file)).replaceAll("\\", "/"),
      readFileSync(join(parentPath, file)),
    ]),
  );
  const conversion = Object.fromEntries(
    Object.entries(written[name]!).map(([config, splits]) => [
      config,
      Object.fromEntries(Object.keys(splits).map((split) => [split, ["0"]])),
    ]),
  );
  const revisions = { "refs/convert/parquet": { commit, files } };
  const { hubUrl, requests } = await loopbackHub({ dataset: { name, conversion, revisions }, ...behaviour });
  const cacheDir = mkdtempSync(join(tmpdir(), "petl-hub-data-"));
  onTestFinished(() => rmSync(cacheDir, { recursive: true, force: true }));
  vi.stubEnv("PETL_CACHE", join(cacheDir, "petl"));
  for (const variable of ["HF_HUB_OFFLINE", "HF_TOKEN", "HF_ENDPOINT", "PETL_MAX_DOWNLOAD"])
    vi.stubEnv(variable, undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { hub: { hubUrl, cacheDir, timeoutMs: 3000 }, hubUrl, requests };
}
