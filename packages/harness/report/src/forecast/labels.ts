import type { ForecastMethod } from "./forecast.js";

/** Names of the arms; arms of one method differ by the settings shown, and settings left open are not shown. */
export function forecastLabels(methods: readonly Pick<ForecastMethod, "method" | "config">[]): string[] {
  return methods.map(({ method, config }) => {
    const arms = methods.filter((other) => other.method === method).map((arm) => fields(arm.config));
    const differing = Object.entries(fields(config)).filter(
      ([key, value]) => value !== null && arms.some((arm) => JSON.stringify(arm[key]) !== JSON.stringify(value)),
    );
    return [method, ...differing.map(([key, value]) => `${key}=${value}`)].join(" ");
  });
}

const fields = (config: unknown): Record<string, unknown> => (config ?? {}) as Record<string, unknown>;
