/**
 * A suite's arms in its order: the method with its configuration in full, and a short name of the method and what the suite sets.
 *
 * @param {import("@petl/bench").SuiteInput} suite
 * @returns {Promise<{ method: string, methodConfig: unknown, settings: object, label: string }[]>}
 */
export function suiteArms(suite) {
  return Promise.all(
    suite.methods.map(async ({ method: name, config = {}, settings = {} }) => {
      const { default: method } = await import(`@petl/method-${name}`);
      const set = Object.entries({ ...config, ...settings }).map(([key, value]) => `${key} ${value}`);
      return { method: name, methodConfig: method.parse(config), settings, label: [name, ...set].join(", ") };
    }),
  );
}

/**
 * Short names of a suite's arms, in its order, each with the id of the report's variant that ran it. Arms that were not run are left out.
 *
 * @param {import("@petl/bench").SuiteInput} suite
 * @param {readonly import("@petl/report").ReportModel["groups"][number]["variants"][number][]} variants
 * @returns {Promise<[id: string, label: string][]>}
 */
export async function armLabels(suite, variants) {
  return (await suiteArms(suite)).flatMap((arm) => {
    const variant = variants.find((each) => isOf(arm, each));
    return variant === undefined ? [] : [[variant.id, arm.label]];
  });
}

/**
 * Whether a run's method is that of an arm, whatever it was trained with.
 *
 * @param {{ method: string, methodConfig: unknown }} arm
 * @param {{ method: string, methodConfig: unknown }} run
 */
export const isOf = (arm, { method, methodConfig }) =>
  arm.method === method && JSON.stringify(arm.methodConfig) === JSON.stringify(methodConfig);
