/**
 * Short names of a suite's arms, in its order, each with the id of the report's variant that ran it: the method, then what the suite
 * sets. Arms that were not run are left out.
 *
 * @param {import("@petl/bench").SuiteInput} suite
 * @param {readonly import("@petl/report").ReportModel["groups"][number]["variants"][number][]} variants
 * @returns {Promise<[id: string, label: string][]>}
 */
export async function armLabels(suite, variants) {
  const labels = [];
  for (const { method: name, config = {} } of suite.methods) {
    const { default: method } = await import(`@petl/method-${name}`);
    const parsed = JSON.stringify(method.parse(config));
    const variant = variants.find((each) => each.method === name && JSON.stringify(each.methodConfig) === parsed);
    const settings = Object.entries(config).map(([key, value]) => `${key} ${value}`);
    if (variant !== undefined) labels.push([variant.id, [name, ...settings].join(", ")]);
  }
  return labels;
}
