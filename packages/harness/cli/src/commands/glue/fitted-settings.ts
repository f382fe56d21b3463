import type { Suite } from "@petl/bench";

type Settings = Suite["settings"];

/**
 * The suite without the learning rates that were fitted to another backbone: neither its own, nor its methods' scales, nor what a search found. What it
 * leaves out takes the defaults. A suite that names no fitted backbones stays as it is.
 */
export function withoutForeignRates(suite: Suite, backbone: string = suite.backbone): Suite {
  if (isFitted(suite, backbone)) return suite;
  return {
    ...suite,
    methods: suite.methods.map((arm) => ({
      ...arm,
      config: without(arm.config, "learningRateScale"),
      settings: without(arm.settings, "learningRate"),
    })),
    rates: [],
    settings: without(suite.settings, "learningRate"),
    taskSettings: Object.fromEntries(
      Object.entries(suite.taskSettings).map(([task, own]): [string, Settings] => [task, without(own, "learningRate")]),
    ),
  };
}

/** What the user must know where a suite's learning rates do not fit its backbone; null where they do. */
export function foreignRatesNotice(suite: Suite): string | null {
  if (isFitted(suite, suite.backbone) || (suite.protocol === "tuned" && suite.trials > 0)) return null;
  const fitted = suite.fittedFor!.join(", ");
  return `the learning rates of "${suite.name}" are fitted to ${fitted} and NOT applied to ${suite.backbone}: defaults are used where you set none, so search with --protocol tuned --trials 8 before you rank methods`;
}

function isFitted({ fittedFor }: Suite, backbone: string): boolean {
  return fittedFor === undefined || fittedFor.includes(backbone.replace(/^@petl\/backbone-/, ""));
}

function without<Fields extends object>(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name)) as Fields;
}
