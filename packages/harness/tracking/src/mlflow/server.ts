import { mayCarryToken } from "@petl/network";
import { TrackingError } from "../errors.js";

/** Where an MLflow tracking server is and who asks, by the variables that MLflow's own clients read. */
export interface MlflowServer {
  /** Without name and password, and without a slash at its end. */
  readonly url: string;
  /** The `Authorization` header; null: none. */
  readonly authorization: string | null;
  /** Of the experiment; null: the suite's name. */
  readonly experiment: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `MLFLOW_TRACKING_URI`, `MLFLOW_EXPERIMENT_NAME`, and `MLFLOW_TRACKING_TOKEN` or `MLFLOW_TRACKING_USERNAME` and `_PASSWORD`.
 *
 * @throws TrackingError where there is no server's address, or a secret would travel in the clear; it repeats no part of a secret
 */
export function mlflowServer(env: Environment): MlflowServer {
  const given = env.MLFLOW_TRACKING_URI;
  const remedy = "set it to the address of a tracking server, such as http://127.0.0.1:5000";
  if (given === undefined || given === "")
    throw new TrackingError(`--log mlflow: expected MLFLOW_TRACKING_URI in the environment, got none; ${remedy}`);
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new TrackingError(
      `--log mlflow: MLFLOW_TRACKING_URI: expected http or https, got ${url === null ? "no address" : url.protocol}; ${remedy}`,
    );
  const authorization = authorizationOf(env, url);
  if (authorization !== null && !mayCarryToken(url))
    throw new TrackingError(
      `--log mlflow: ${url.host}: expected https for a token or password, got http; use https or unset what MLFLOW_TRACKING_* holds`,
    );
  const path = url.pathname.replace(/\/+$/, "");
  return { url: `${url.origin}${path}`, authorization, experiment: env.MLFLOW_EXPERIMENT_NAME || null };
}

function authorizationOf(env: Environment, url: URL): string | null {
  if (env.MLFLOW_TRACKING_TOKEN) return `Bearer ${env.MLFLOW_TRACKING_TOKEN}`;
  const name = env.MLFLOW_TRACKING_USERNAME || decodeURIComponent(url.username);
  const password = env.MLFLOW_TRACKING_PASSWORD || decodeURIComponent(url.password);
  return name === "" ? null : `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
}
