import type { Window } from "@petl/meter";
import type { RunIdentity, RunRecord, TensorBytes } from "@petl/results";
import type { EvaluationResult, TrainEvent } from "@petl/trainer";
import type { ChildEvent } from "../child/protocol.js";

type Of<Type extends TrainEvent["type"]> = Extract<TrainEvent, { type: Type }>;
export type WindowName = "training" | "evaluation";

/** What was heard of a run so far; the parts of its record are worked out from it. */
export class Observation {
  attached: Of<"attached"> | null = null;
  device: { readonly name: string; readonly details: Readonly<Record<string, unknown>> } | null = null;
  backbone: RunRecord["backboneSource"] = null;
  /** Files that the backbone was loaded from; null before. */
  backboneFiles: RunIdentity["backbone"]["files"] = null;
  /** Of the backbone as it was loaded; null before. */
  modelType: string | null = null;
  data: RunRecord["data"] = null;
  readonly steps: Of<"step">[] = [];
  readonly evaluations: EvaluationResult[] = [];
  test: EvaluationResult | null = null;
  scored: Of<"scored"> | null = null;
  readonly epochs: Of<"epoch">[] = [];
  cache: Of<"cache"> | null = null;
  /** Where earlier processes were interrupted and a later one went on. */
  readonly resumed: Extract<ChildEvent, { type: "resumed" }>[] = [];
  /** Closed windows, epoch seconds. */
  readonly windows: Record<WindowName, Window[]> = { training: [], evaluation: [] };
  /** Most bytes of the device's own buffers; null where it does not say. */
  peakBufferBytes: number | null = null;
  readonly peak: Record<WindowName, TensorBytes | null> = { training: null, evaluation: null };
  #firstOwnS: number | null = null;
  #open: { name: WindowName; fromS: number } | null = null;

  hear(event: ChildEvent): void {
    switch (event.type) {
      case "attached":
        this.attached = event;
        break;
      case "device":
        this.device = event;
        break;
      case "backbone":
        this.backbone = event.source;
        this.backboneFiles = event.files;
        this.modelType = event.modelType;
        break;
      case "data":
        this.data = event.data;
        break;
      case "step":
        this.steps.push(event);
        break;
      case "evaluation":
        this.evaluations.push(event);
        break;
      case "cache":
        this.cache = event;
        break;
      case "test":
        this.test = event;
        break;
      case "scored":
        this.scored = event;
        break;
      case "epoch":
        this.epochs.push(event);
        break;
      case "resumed":
        this.resumed.push(event);
        this.#firstOwnS = null;
        break;
      case "device-buffers":
        this.peakBufferBytes = event.peakBytes;
        break;
      case "window":
        this.#turn(event.window, event.edge, event.atS);
        break;
      case "memory":
        if (event.peak.total > (this.peak[event.window]?.total ?? -1)) this.peak[event.window] = event.peak;
        break;
    }
  }

  /** When the last process began its first window; null before. Earlier processes may have counted on another clock. */
  get firstWindowS(): number | null {
    return this.#firstOwnS;
  }

  /** Whether any window was begun, by whichever process. */
  get hasBegun(): boolean {
    return this.#open !== null || this.windows.training.length + this.windows.evaluation.length > 0;
  }

  #turn(name: WindowName, edge: "begin" | "end", atS: number): void {
    if (edge === "begin") {
      this.#open = { name, fromS: atS };
      this.#firstOwnS ??= atS;
    } else if (this.#open !== null) {
      this.windows[name].push({ fromS: this.#open.fromS, toS: atS });
      this.#open = null;
    }
  }
}
