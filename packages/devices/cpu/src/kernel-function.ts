/** A kernel computes units `begin` to `end` of its output; `job` and `scratch` are addresses. */
export type KernelFunction = (job: number, begin: number, end: number, scratch: number) => void;
