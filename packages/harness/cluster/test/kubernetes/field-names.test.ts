import type { IJob } from "kubernetes-models/batch/v1";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { kubernetesJob } from "../../src/index.js";

/** The published types refuse a field that Kubernetes does not know, which the schemas would let pass. */
const labels = { "app.kubernetes.io/name": "petl-bench" };
const everything: IJob = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "ranks", labels },
  spec: {
    completionMode: "Indexed",
    completions: 12,
    parallelism: 4,
    backoffLimitPerIndex: 2,
    maxFailedIndexes: 12,
    podFailurePolicy: {
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        { action: "FailIndex", onExitCodes: { containerName: "bench", operator: "In", values: [2] } },
      ],
    },
    template: {
      metadata: { labels },
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 120,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          runAsGroup: 1000,
          fsGroup: 1000,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "bench",
            image: "petl-bench",
            command: ["bench"],
            args: ["work", "/out", "--run", "$(JOB_COMPLETION_INDEX)", "--list", "/out/list", "--wait"],
            env: [{ name: "A", value: "b" }],
            resources: { limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": 1 } },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            volumeMounts: [
              { name: "out", mountPath: "/out" },
              { name: "data", mountPath: "/data", readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: "out", persistentVolumeClaim: { claimName: "ranks-out" } },
          { name: "data", persistentVolumeClaim: { claimName: "glue", readOnly: true } },
        ],
      },
    },
  },
};

test("a Job with every option has these fields and no others", () => {
  const job = kubernetesJob({
    name: "ranks",
    image: "petl-bench",
    command: ["bench"],
    completions: 12,
    parallelism: 4,
    outClaim: "ranks-out",
    data: { claim: "glue", path: "/data" },
    list: "/out/list",
    gpus: 1,
    memory: "16Gi",
    cpu: "4",
    environment: { A: "b" },
    user: 1000,
  });
  expect(parse(job)).toEqual(everything);
});
