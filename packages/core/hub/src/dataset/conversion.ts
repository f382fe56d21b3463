import { HubApiError } from "@huggingface/hub";
import { z } from "zod";
import { hubFetch, retried } from "../connection.js";
import { HubError } from "../error.js";
import { type HubRepository, pageOf } from "../repository.js";

/** The revision where the hub keeps its own conversion of a data set to parquet. */
export const CONVERTED = "refs/convert/parquet";

/** Addresses of the conversion's files by configuration and split. */
export type Conversion = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const conversionSchema = z.record(z.string(), z.record(z.string(), z.array(z.string())));

/**
 * What the hub has converted of a data set; undefined where it has nothing.
 *
 * @throws HubError E_DOWNLOAD_FAILED for an answer that is no such list; HubApiError for a refused request; what the connection throws
 */
export async function conversionOf(repository: HubRepository): Promise<Conversion | undefined> {
  const answer = await retried(repository, () => answerOf(repository));
  if (answer === undefined) return undefined;
  const parsed = conversionSchema.safeParse(answer);
  if (!parsed.success) {
    throw new HubError("E_DOWNLOAD_FAILED", {
      file: pageOf(repository),
      expected: "its parquet files by configuration and split",
      got: z.prettifyError(parsed.error).replace(/\s+/g, " "),
      remedy: "check that HF_ENDPOINT is a Hugging Face hub",
    });
  }
  return Object.keys(parsed.data).length === 0 ? undefined : parsed.data;
}

async function answerOf(repository: HubRepository): Promise<unknown> {
  const { hubUrl, repository: name, accessToken } = repository;
  const url = `${hubUrl}/api/datasets/${name}/parquet`;
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  const response = await hubFetch(repository)(url, { headers });
  if (response.ok) return response.json();
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  throw new HubApiError(url, response.status, undefined, `HTTP ${response.status}`);
}
