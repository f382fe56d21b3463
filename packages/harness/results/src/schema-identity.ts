import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const files = z.array(z.object({ name: z.string(), sha256 }));

/** What a run was made of, by content. Two runs with equal identities and seeds are the same experiment. */
const identity = z.object({
  /** Of the method's module and every file of its own that it reaches; other packages are listed in `environment.packages`. */
  method: z.object({ packageName: z.string(), sha256 }),
  backbone: z.object({
    /** As the run's process loaded it: a name, a directory, `hf:ORG/REPO`, or the URL of a package's module. */
    reference: z.string(),
    /** Name of its model family; null in records that were made when there was one. */
    family: z.string().nullable().default(null),
    /** As its `config.json` has it; null where the run ended before it was loaded, and in those records. */
    modelType: z.string().nullable().default(null),
    /** Commit on the hub; null where it came from elsewhere. */
    revision: z.string().nullable(),
    /** Config, tokenizer and weights; random weights have no file. Null: they were not downloaded yet when the run was planned, and it ended before it read them. */
    files: files.nullable(),
    /** As `backboneSource.paramsSha256`; null where the run ended before it had loaded them. */
    paramsSha256: sha256.nullable(),
  }),
  /** Of each split's file, as it was planned; the run fails where it reads another. */
  data: files,
  device: z.object({
    name: z.string(),
    /** That it computed with; null where the device does not say, or the run ended before it was open. */
    threads: z.int().nullable(),
    /** Kernels that it computed with, such as `blas` or `wasm simd`; null where there is one kind or the run ended before. */
    kernels: z.string().nullable(),
  }),
  /** Of the method's configuration and of the settings and options that change a result or a cost, as in `run`. */
  settingsSha256: sha256,
});

/** The identity of a run; null in records that were made before sources and files were digested. */
export const identityShape = { identity: identity.nullable().default(null) };
