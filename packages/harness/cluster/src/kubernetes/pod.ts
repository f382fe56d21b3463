import type { KubernetesJobOptions } from "./options.js";

/** By which the Job's failure policy knows the container. */
export const containerName = "bench";

/** The pod of one run: the container, who it runs as, and its claims. */
export function podSpec(options: KubernetesJobOptions): object {
  const { user, data, outClaim, graceSeconds = 120 } = options;
  return {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: graceSeconds,
    ...(user === undefined ? {} : { securityContext: podUser(user) }),
    containers: [container(options)],
    volumes: [
      { name: "out", persistentVolumeClaim: { claimName: outClaim } },
      ...(data === undefined
        ? []
        : [{ name: "data", persistentVolumeClaim: { claimName: data.claim, readOnly: true } }]),
    ],
  };
}

function container(options: KubernetesJobOptions): object {
  const { image, command, data, list, user, environment = {} } = options;
  const listed = list === undefined ? [] : ["--list", list];
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value: literal(value) }));
  return {
    name: containerName,
    image,
    ...(command === undefined ? {} : { command: command.map(literal) }),
    args: ["work", "/out", "--run", "$(JOB_COMPLETION_INDEX)", ...listed.map(literal), "--wait"],
    ...(variables.length === 0 ? {} : { env: variables }),
    ...resources(options),
    ...(user === undefined ? {} : { securityContext: noPrivileges }),
    volumeMounts: [
      { name: "out", mountPath: "/out" },
      ...(data === undefined ? [] : [{ name: "data", mountPath: data.path, readOnly: true }]),
    ],
  };
}

/** Kubernetes reads `$(NAME)` as a variable and `$$` as a dollar. */
const literal = (text: string): string => text.replaceAll("$", "$$$$");

/** A limit alone is also the request. */
function resources({ gpus, memory, cpu }: KubernetesJobOptions): { resources?: object } {
  const limits = {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(gpus === undefined ? {} : { "nvidia.com/gpu": gpus }),
  };
  return Object.keys(limits).length === 0 ? {} : { resources: { limits } };
}

/** With `noPrivileges` what the Pod Security Standard "restricted" asks for. */
const podUser = (user: number) => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  seccompProfile: { type: "RuntimeDefault" },
});
const noPrivileges = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
