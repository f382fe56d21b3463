export { assertIdle, type IdleCheck, type IdleOptions } from "./assert-idle.js";
export { MeterError, type MeterErrorCode } from "./errors.js";
export type { Figure } from "./figure.js";
export { type HostOptions, type HostSampler, type HostTrace, hostEnergy, hostSampler } from "./host/host.js";
export type { HostMemory } from "./host/host-memory.js";
export type { LoadReading } from "./host/load-poller.js";
export { type MachineTimes, machineTimes } from "./host/processor-times.js";
export { type DeviceMemory, EmptyMeter, type Meter } from "./meter.js";
export { listGpus, type MeterOptions, openMeter } from "./open-meter.js";
export { quantile, sorted } from "./statistics.js";
export { nowS, type Window } from "./time.js";
export { type CounterReading, counterEnergy } from "./trace/counter.js";
export {
  type PowerReadings,
  type PowerSource,
  powerReadings,
  type UpdatePeriod,
  updatePeriod,
} from "./trace/readings.js";
export type { Problem, ProblemCode, ProcessMemorySample, Sample, SampledGpu, Trace } from "./trace/trace.js";
export { readTraceCsv, writeTraceCsv } from "./trace/trace-csv.js";
export { type Conditions, conditions } from "./windows/conditions.js";
export { type MemoryStatistics, memoryStatistics } from "./windows/device-memory.js";
export { type IdlePower, idlePower, type NetEnergy, netEnergy } from "./windows/idle.js";
export { type Energy, type EnergyFlag, integrate } from "./windows/integrate.js";
export { type Load, loadOver } from "./windows/load.js";
export { onceAMinute, type SlowEstimate, type SlowOptions } from "./windows/once-a-minute.js";
