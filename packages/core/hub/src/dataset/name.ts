import { HubError } from "../error.js";
import { wordsOf } from "../repository.js";
import { checkRevision } from "../revision.js";

/** What a reference to a data set names. */
export interface DatasetName {
  /** `ORG/NAME`. */
  readonly repository: string;
  readonly config: string | undefined;
  readonly revision: string | undefined;
}

const reference = /^hf:([A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*)(?:\/([^@]*[^@/]))?(?:@(.*))?$/;

/** Reads `hf:ORG/NAME[/CONFIG][@REVISION]`. @throws HubError E_NAME_INVALID */
export function parseDatasetName(text: string): DatasetName {
  const [, repository, config, revision] = reference.exec(text) ?? [];
  if (repository === undefined) {
    throw new HubError("E_NAME_INVALID", {
      file: text,
      expected: "a data set as hf:ORG/NAME, hf:ORG/NAME/CONFIG or either with @REVISION",
      got: `"${text}"`,
      remedy: `name one such as ${wordsOf("dataset").example}`,
    });
  }
  if (revision !== undefined) checkRevision(text, revision);
  return { repository, config, revision };
}
