/** A suite as one Indexed Job: pod i executes run i. */
export interface KubernetesJobOptions {
  /** Any text; the Job's name is a DNS label made of it. */
  readonly name: string;
  readonly image: string;
  /** The program and its first words in the image, before `work`; left out: the image's own entry point. */
  readonly command?: readonly string[];
  /** Number of runs, which are 0 to `completions - 1`. */
  readonly completions: number;
  /** Most pods at once. */
  readonly parallelism: number;
  /** Name of the PersistentVolumeClaim with the output folder, at `/out`. Several nodes write to it: ReadWriteMany. */
  readonly outClaim: string;
  /** A claim that holds data or models, mounted to read only. */
  readonly data?: { readonly claim: string; readonly path: string };
  /** A file below `/out` with an index a line: pod k executes the k-th of them, so that only what is missing runs. */
  readonly list?: string;
  /** Words after `--run INDEX`. */
  readonly workOptions?: readonly string[];
  readonly gpus?: number;
  /** Kubernetes' quantities, such as `16Gi` and `4` or `500m`; request and limit alike. */
  readonly memory?: string;
  readonly cpu?: string;
  /** Variables of the container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The user and group id to run as, without any privilege; left out: the image's own user. */
  readonly user?: number;
  /** How often a failed run is tried again (default 2). */
  readonly retries?: number;
  /** Failed runs after which the Job ends at once (default: all, so that none stops the others). */
  readonly maxFailed?: number;
  /** From SIGTERM to SIGKILL, in seconds, for a run to save its state (default 120). */
  readonly graceSeconds?: number;
}
