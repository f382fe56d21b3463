import { z } from "zod";

const count = z.int().nonnegative();

const environment = z.object({
  node: z.string(),
  platform: z.string(),
  arch: z.string(),
  cpu: z.string(),
  cores: count,
  hostMemoryBytes: count,
  /** Version by package name. */
  packages: z.record(z.string(), z.string()),
  commit: z.string().nullable(),
  dirty: z.boolean().nullable(),
  deviceName: z.string(),
  deviceDetails: z.record(z.string(), z.unknown()),
  gpu: z
    .object({
      name: z.string(),
      uuid: z.string(),
      driver: z.string(),
      powerLimitW: z.number().nullable(),
      /** Whether it is divided into MIG slices, which share the measured power; null where the driver does not report it. */
      mig: z.boolean().nullable(),
    })
    .nullable(),
});

const data = z.object({
  source: z.enum(["glue", "sample", "table"]),
  directory: z.string().nullable(),
  files: z.array(
    z.object({
      name: z.string(),
      rows: count,
      /** Rows of the official file; null where none is known. */
      officialRows: count.nullable(),
      droppedRows: count,
      sha256: z.string(),
    }),
  ),
  trainExamples: count,
  /** Of each evaluation while it trains. */
  evalExamples: count,
  /** Of the one score at the end; null where there is none. */
  testExamples: count.nullable().default(null),
  /** Remarks that a reader of the scores needs, such as "subset of the official train set". */
  notices: z.array(z.string()),
});

const backboneSource = z.object({
  name: z.string(),
  kind: z.enum(["random", "package", "directory", "hub"]),
  sha256: z.string().nullable(),
  revision: z.string().nullable(),
  /**
   * Digest of the weights as loaded or drawn: each tensor's name, shape and 32-bit floats, in order of name. Null where frozen weights are
   * kept in fewer bits: which of them are differs between methods.
   */
  paramsSha256: z.string().nullable(),
});

/** Where a run ran, and on which data and backbone. */
export const environmentShape = {
  environment,
  data: data.nullable(),
  backboneSource: backboneSource.nullable(),
};
