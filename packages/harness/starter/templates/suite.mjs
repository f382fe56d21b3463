// @ts-check
/**
 * What is compared: "." is the method of this project.
 *
 * @type {import("petl-bench").SuiteInput}
 */
export default SUITE;
