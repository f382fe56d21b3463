import type { ExitCode } from "../../exit.js";
import { examineMachine } from "./examine.js";
import { doctorTables } from "./tables.js";

export interface DoctorFlags {
  readonly json?: boolean;
}

/** Examines the machine and prints what it found. */
export async function runDoctor({ json = false }: DoctorFlags): Promise<ExitCode> {
  const found = await examineMachine();
  console.log(json ? JSON.stringify(found, null, 2) : doctorTables(found));
  return 0;
}
