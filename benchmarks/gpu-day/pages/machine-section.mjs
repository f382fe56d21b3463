import { count, number } from "./text.mjs";

/** What the day ran on, and what became of its parts. */
export function machineSection({ index, doctor, training }) {
  const { machine, when, budgetS, parts, isRehearsal } = index;
  const gpu = training?.gpu ?? null;
  const adapters = doctor?.adapters ?? [];
  const commit = machine.commit === null ? "an unknown commit" : `commit ${machine.commit.slice(0, 12)}`;
  const facts = [
    `${when}, ${commit}${machine.dirty ? " with uncommitted changes" : ""}, Node ${machine.node}, ${machine.cpu}, ${count(machine.cores)} processors`,
    gpu === null
      ? null
      : `${gpu.name}, driver ${gpu.driverVersion}, power limit ${number(gpu.powerLimitW)} W, MIG ${gpu.mig ? "on" : "off or unknown"}`,
    ...adapters.map((adapter) => `adapter ${adapter.name}: ${adapterText(adapter)}`),
    ...Object.entries(training?.versions ?? {}).flatMap(([engine, { products, whyProducts }]) =>
      products === undefined ? [] : [`${engine}: products by ${products}${whyProducts ? ` (${whyProducts})` : ""}`],
    ),
    torchText(doctor),
  ].filter((fact) => fact !== null);
  return [
    ...(isRehearsal
      ? [
          {
            text: "This is a rehearsal: a GPU that the CPU emulates, tiny models, and PyTorch on the CPU. Its times say nothing about any GPU.",
          },
        ]
      : []),
    { items: facts },
    { heading: `What ran in ${budgetS} s` },
    {
      rows: [
        ["part", "outcome", "reason", "seconds", "limit, s"],
        ...parts
          .filter(({ name }) => name !== "pages")
          .map(({ what, status, reason, tookS, limitS }) => [
            what,
            status,
            reason ?? "",
            number(tookS),
            number(limitS),
          ]),
      ],
      textColumns: 3,
    },
  ];
}

function adapterText({
  reason,
  description,
  subgroupMinSize,
  subgroupMaxSize,
  subgroupMatrixConfigs = [],
  features = [],
}) {
  if (reason !== undefined) return reason;
  const matrices = subgroupMatrixConfigs.map(
    ({ componentType, resultComponentType, M, N, K }) => `${componentType} to ${resultComponentType} ${M}x${N}x${K}`,
  );
  const half = features.includes("shader-f16") ? "shader-f16" : "no shader-f16";
  return `${description}; subgroups of ${subgroupMinSize} to ${subgroupMaxSize}; ${half}; subgroup matrices ${matrices.join(", ") || "none"}`;
}

function torchText(doctor) {
  if (doctor === null) return null;
  const { torch, commands } = doctor;
  if (torch === null) return `PyTorch: ${commands.torch?.reason ?? "not asked"}`;
  const { torch: version, transformers, peft, cuda, gpu } = torch;
  return `PyTorch ${version}, transformers ${transformers}, PEFT ${peft ?? "absent"}, CUDA ${cuda ?? "absent"}, which sees ${gpu ?? "no GPU"}`;
}
