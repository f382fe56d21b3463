/** What a repository on a hub holds. */
export type RepositoryKind = "model" | "dataset";

/** A repository on a hub, how to reach it and where its files go. */
export interface HubRepository {
  readonly kind: RepositoryKind;
  /** `ORG/NAME`. */
  readonly repository: string;
  /** Branch, tag or commit asked for. */
  readonly revision: string;
  /** The commit it means, where that is known. */
  readonly commit: string | undefined;
  /** The repository's folder in the cache. */
  readonly folder: string;
  readonly hubUrl: string;
  readonly accessToken: string | undefined;
  /** Longest silence of the server, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** What a reader can do where the hub cannot give the files, for errors. */
  readonly withoutHub: string;
}

const words = {
  model: { noun: "model", path: "", example: "hf:google-t5/t5-small" },
  dataset: { noun: "data set", path: "datasets/", example: "hf:nyu-mll/glue/rte" },
} as const;

/** What a kind of repository is called in a sentence, and how one is named. */
export function wordsOf(kind: RepositoryKind): { readonly noun: string; readonly example: string } {
  return words[kind];
}

/** Address of a repository's page. */
export function pageOf({ hubUrl, kind, repository }: Pick<HubRepository, "hubUrl" | "kind" | "repository">): string {
  return `${hubUrl}/${words[kind].path}${repository}`;
}
