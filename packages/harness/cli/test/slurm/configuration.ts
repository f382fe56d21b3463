import { hostname } from "node:os";
import { join } from "node:path";

/** How a cluster of one node on loopback differs from the usual one. */
export interface LocalSlurmOptions {
  /** CPUs that the node claims, whatever the machine has; each task takes one. 2 unless given. */
  readonly cpus?: number;
  /** Slurm's MaxArraySize: indices of an array are below it. 1001 unless given, as Slurm has it. */
  readonly maxArraySize?: number;
  /** Seconds from SIGTERM to SIGKILL of a job that is ended. 3 unless given. */
  readonly killWaitS?: number;
}

export const nodeName = hostname().split(".")[0]!;

/** slurm.conf of one node without cgroups and accounting; `directory` holds everything and has no space in its path. */
export function slurmConfiguration(
  directory: string,
  controllerPort: number,
  nodePort: number,
  { cpus = 2, maxArraySize = 1001, killWaitS = 3 }: LocalSlurmOptions,
): string {
  const settings = {
    ClusterName: "local",
    SlurmctldHost: `${nodeName}(127.0.0.1)`,
    SlurmctldPort: controllerPort,
    SlurmdPort: nodePort,
    SlurmUser: "root",
    SlurmdUser: "root",
    AuthType: "auth/munge",
    // a requeued job waits for cred_expire and a second; 5 s is the least that Slurm takes, 120 s its default
    AuthInfo: `socket=${join(directory, "munge.socket")},cred_expire=5`,
    StateSaveLocation: join(directory, "state"),
    SlurmdSpoolDir: join(directory, "spool"),
    SlurmctldPidFile: join(directory, "slurmctld.pid"),
    SlurmdPidFile: join(directory, "slurmd.pid"),
    ProctrackType: "proctrack/linuxproc",
    TaskPlugin: "task/none",
    JobAcctGatherType: "jobacct_gather/none", // jobacct_gather/linux crashes slurmstepd here
    AccountingStorageType: "accounting_storage/none",
    MpiDefault: "none",
    SchedulerType: "sched/builtin",
    SchedulerParameters: "sched_interval=1,sched_min_interval=0,batch_sched_delay=0",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_Core",
    SlurmdParameters: "config_overrides", // the CPUs below count, not those that slurmd finds
    ReturnToService: 2,
    MaxArraySize: maxArraySize,
    KillWait: killWaitS,
    MinJobAge: 3600, // squeue --states=all knows jobs that ended
    OverTimeLimit: 0,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const node = `NodeName=${nodeName} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=4000 State=UNKNOWN`;
  const partition = `PartitionName=main Nodes=${nodeName} Default=YES DefaultTime=10 MaxTime=60 State=UP`;
  return `${[...lines, node, partition].join("\n")}\n`;
}
