import { posix } from "node:path";
import { printable } from "@petl/files";
import { stringify } from "yaml";
import { ClusterError } from "../errors.js";
import { checkWholeNumber } from "../whole-number.js";
import { dnsName } from "./dns-name.js";
import type { KubernetesJobOptions } from "./options.js";
import { containerName, podSpec } from "./pod.js";

/**
 * The Job of `options` as YAML (`batch/v1`, Kubernetes 1.29 or later), for `kubectl create -f`.
 *
 * No shell sees a word of it. The Job controller gives each container `JOB_COMPLETION_INDEX`, and `$(NAME)` in an argument is expanded
 * from the container's variables. A pod that is evicted is started again and does not count as a failure; exit code 2, bad input,
 * fails the run at once.
 * @throws ClusterError E_JOB_INVALID for numbers out of range and a path that is not absolute
 */
export function kubernetesJob(options: KubernetesJobOptions): string {
  check(options);
  const { name, completions, parallelism, retries = 2, maxFailed = completions } = options;
  const label = dnsName(name, longestName - `-${completions - 1}`.length);
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: label, labels },
    spec: {
      completionMode: "Indexed",
      completions,
      parallelism: Math.min(parallelism, completions),
      backoffLimitPerIndex: retries,
      maxFailedIndexes: maxFailed,
      podFailurePolicy: {
        rules: [
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
          { action: "FailIndex", onExitCodes: { containerName, operator: "In", values: [2] } },
        ],
      },
      template: { metadata: { labels }, spec: podSpec(options) },
    },
  };
  return `${heading(options)}${stringify(job, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function heading({ name, completions }: KubernetesJobOptions): string {
  const runs = `${completions} ${completions === 1 ? "run" : "runs"}`;
  return [
    `# ${printable(name, 100)}: ${runs}, one a pod. Written by petl-bench.`,
    "# Start with: kubectl create -f FILE",
    "# A Job is never changed: to run again what failed, delete it first. A run that is done ends at once.",
    "",
  ].join("\n");
}

/** A pod's host name is the Job's with `-INDEX` and must be a DNS label, which has at most 63 characters. */
const longestName = 63;
const labels = { "app.kubernetes.io/name": "petl-bench" };

/** Of an Indexed Job with a limit of retries for each index; `validation.go` of Kubernetes' batch API has more for larger ones. */
const mostIndexes = 100_000;
const mostAtOnce = 10_000;

function check({
  completions,
  parallelism,
  gpus,
  retries,
  maxFailed,
  graceSeconds,
  user,
  data,
  list,
}: KubernetesJobOptions) {
  checkWholeNumber("runs of a Job", completions, 1, mostIndexes);
  checkWholeNumber("pods at once", parallelism, 1, mostAtOnce);
  if (gpus !== undefined) checkWholeNumber("GPUs of a pod", gpus, 1, 1000);
  if (retries !== undefined) checkWholeNumber("retries of a run", retries, 0, 1000);
  if (maxFailed !== undefined) checkWholeNumber("failed runs that end the Job", maxFailed, 0, completions);
  if (graceSeconds !== undefined) checkWholeNumber("seconds to save a run's state", graceSeconds, 1, 86_400);
  if (user !== undefined) checkWholeNumber("user id", user, 1, 2 ** 31 - 1);
  for (const path of [data?.path, list])
    if (path !== undefined && !posix.isAbsolute(path))
      throw new ClusterError(
        "E_JOB_INVALID",
        `path in the container: expected an absolute one, got ${JSON.stringify(path)}`,
      );
}
