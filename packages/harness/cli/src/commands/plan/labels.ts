import type { MethodForecast } from "@petl/bench";

/** Names of the arms; arms of one method are told apart by the settings in which they differ; what is left open is not named. */
export function planLabels(methods: readonly MethodForecast[]): string[] {
  return methods.map(({ method, config }) => {
    const arms = methods.filter((other) => other.method === method).map((arm) => fields(arm.config));
    const differing = Object.entries(fields(config)).filter(
      ([key, value]) => value !== null && arms.some((arm) => JSON.stringify(arm[key]) !== JSON.stringify(value)),
    );
    return [method, ...differing.map(([key, value]) => `${key}=${value}`)].join(" ");
  });
}

const fields = (config: unknown): Record<string, unknown> => (config ?? {}) as Record<string, unknown>;
