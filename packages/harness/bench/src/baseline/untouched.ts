import { ConfigReader, defineMethod } from "@petl/spec";

/** No method: what the backbone answers as it was loaded. Scored beside methods, to show what training is worth. */
export default defineMethod<unknown>({
  specVersion: "v1",
  name: "untouched",
  paper: { title: "Language Models are Few-Shot Learners", url: "https://arxiv.org/abs/2005.14165" },
  parse(input) {
    new ConfigReader("untouched", input).done();
    return null;
  },
  attach: () => ({ params: {}, unfrozen: [], hooks: new Map() }),
});
