// How figures of these pages are written: what is missing is "n/a", and its reason is in the last section.
import { formatBytes, formatNumber } from "@petl/report";

const orNot = (value, write) => (value === null || value === undefined || Number.isNaN(value) ? "n/a" : write(value));

export const milliseconds = (value) => orNot(value, (ms) => `${formatNumber(ms)} ms`);
export const bytes = (value) => orNot(value, formatBytes);
export const number = (value) => orNot(value, formatNumber);
export const count = (value) => orNot(value, (each) => Math.round(each).toLocaleString("en-US"));
export const times = (value) => orNot(value, (ratio) => `${ratio.toFixed(2)}x`);
export const percent = (value) => orNot(value, (share) => `${Math.round(100 * share)} %`);
/** `a / b`; null where either is missing. */
export const ratio = (a, b) => (a == null || b == null || b === 0 ? null : a / b);
