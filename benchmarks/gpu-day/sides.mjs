// Both sides of a comparison as processes that are started when first asked, and anew after one has ended.
import { complaintOf, startPeer } from "../peers/peer.mjs";

/** How a precision is called on a page: ours and PyTorch's have different ones. */
export const engines = {
  "ours f32": { side: "ours", precision: "f32" },
  "ours f16": { side: "ours", precision: "f16" },
  "ours f32x3": { side: "ours", precision: "f32x3" },
  "torch f32": { side: "torch", precision: "f32" },
  "torch tf32": { side: "torch", precision: "tf32" },
  "torch bf16": { side: "torch", precision: "bf16" },
};

const openLimitS = 60;

const processOf = (engine) => (engines[engine].side === "torch" ? "torch" : engine);

/** The processes of one part: one of PyTorch for all its precisions, one of ours for each. */
export class Sides {
  #peers = new Map();
  #refused = new Map();
  versions = {};

  /** `settings` of the day: gpu, python, isRehearsal. */
  constructor(settings) {
    this.settings = settings;
  }

  /** Starts the processes of some engines at once; one that is refused is said when it is asked. */
  async open(names) {
    const wanted = new Map(names.map((engine) => [processOf(engine), engines[engine].precision]));
    await Promise.allSettled([...wanted].map(([name, precision]) => this.#peer(name, precision, openLimitS)));
  }

  /** Why an engine's process did not start; null where it did, or was not tried. */
  refusalOf(engine) {
    const error = this.#refused.get(processOf(engine));
    return error === undefined ? null : complaintOf(error.message);
  }

  /** The answer to a question, or `{ error }`; `isLate` says that it was not given in time. */
  async ask(engine, question, limitS) {
    const { side, precision } = engines[engine];
    const name = processOf(engine);
    const beganAt = performance.now();
    let peer;
    try {
      peer = await this.#peer(name, precision, Math.min(limitS, openLimitS));
    } catch (error) {
      return { error: complaintOf(error.message), isRefused: true };
    }
    const leftS = limitS - (performance.now() - beganAt) / 1000;
    try {
      const asked = side === "torch" ? { ...question, precision } : question;
      const answer = await peer.ask(asked, Math.max(1, leftS));
      // a device that has failed, with a full memory say, stays failed: the next question gets a new process
      if (answer.error !== undefined && side === "ours") this.#drop(name, peer);
      return answer;
    } catch (error) {
      this.#drop(name, peer);
      return { error: complaintOf(error.message), isLate: error.name === "LateError" };
    }
  }

  async #peer(name, precision, limitS) {
    if (this.#refused.has(name)) throw this.#refused.get(name);
    const running = this.#peers.get(name);
    if (running !== undefined) return running;
    const { gpu, python, isRehearsal } = this.settings;
    try {
      const peer =
        name === "torch"
          ? await startPeer(
              python,
              new URL("torch_day.py", import.meta.url),
              { device: isRehearsal ? "cpu" : "cuda", gpu },
              {},
              limitS,
            )
          : await startPeer(
              process.execPath,
              new URL("our-peer.mjs", import.meta.url),
              { gpu: isRehearsal ? "software" : gpu, precision },
              {},
              limitS,
            );
      this.#peers.set(name, peer);
      this.versions[name] = peer.versions;
      return peer;
    } catch (error) {
      this.#refused.set(name, error); // it would be refused again
      throw error;
    }
  }

  #drop(name, peer) {
    peer.kill();
    this.#peers.delete(name);
  }

  end() {
    for (const peer of this.#peers.values()) peer.kill();
    this.#peers.clear();
  }
}
