// Preloaded (`node --import`) into the bench and its runs. PETL_FAULT="rename:3:ENOSPC" makes the third rename of this kind of process
// fail; PETL_FAULT_LOG names a file to which every counted operation is appended, one line each. PETL_FAULT_IN is bench or run.
// PETL_CLOCK="run:3600:0.5" sets the wall clock of a run's process forward by an hour after half a second; negative sets it back.
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { PETL_FAULT = "", PETL_FAULT_LOG, PETL_FAULT_IN = "bench", PETL_CLOCK = "" } = process.env;
const role = /dist[\\/]child\.js$/.test(process.argv[1] ?? "") ? "run" : "bench";
const { appendFileSync, readlinkSync } = fs;

const [faultKind, faultNumber, faultCode] = PETL_FAULT.split(":");
let count = 0;

/** Counts an operation on a file that is to last; throws where it is the one to fail. */
function meet(kind, path) {
  if (role !== PETL_FAULT_IN || isPassing(path)) return;
  if (PETL_FAULT_LOG) appendFileSync(PETL_FAULT_LOG, `${kind} ${path}\n`);
  if (kind === faultKind && ++count === Number(faultNumber)) {
    if (PETL_FAULT_LOG) appendFileSync(PETL_FAULT_LOG, `failed ${kind} ${path}\n`);
    throw Object.assign(new Error(`${faultCode}: made to fail, ${kind} '${path}'`), {
      ...{ code: faultCode, errno: -28, syscall: kind, path: String(path) },
    });
  }
}

/** Pipes, terminals and what the system shows: only files of the suite count. */
const isPassing = (path) => path === PETL_FAULT_LOG || !path.startsWith(process.cwd());

function pathOf(descriptor) {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return "pipe:";
  }
}

function patch(object, name, kind, pathFrom) {
  const original = object[name];
  object[name] = function (...args) {
    meet(kind, pathFrom(args));
    return original.apply(this, args);
  };
}

if (PETL_FAULT !== "" || PETL_FAULT_LOG) {
  const first = ([path]) => String(path);
  const both = ([, to]) => String(to);
  const opened = ([descriptor]) => (typeof descriptor === "number" ? pathOf(descriptor) : String(descriptor));
  patch(fs, "renameSync", "rename", both);
  patch(fs.promises, "rename", "rename", both);
  patch(fs, "writeSync", "write", opened);
  patch(fs, "writeFileSync", "write", opened);
  patch(fs.promises, "writeFile", "write", opened);
  patch(fs, "fsyncSync", "fsync", opened);
  patch(fs, "mkdirSync", "mkdir", first);
  patch(fs.promises, "mkdir", "mkdir", first);
  patch(fs, "linkSync", "link", both);
  patch(fs, "rmSync", "rm", first);
  patch(fs.promises, "rm", "rm", first);
  const { spawn } = childProcess;
  childProcess.spawn = function (...args) {
    try {
      meet("spawn", `${process.cwd()}/${args[1]?.at?.(-1) ?? args[0]}`);
    } catch (error) {
      // as Node does where the system has no process left: an event, not an exception
      const child = spawn.call(this, "/nonexistent/made-to-fail", [], { stdio: args[2]?.stdio });
      child.prependListener("error", (reason) => Object.assign(reason, { code: error.code, message: error.message }));
      return child;
    }
    return spawn.apply(this, args);
  };
}

if (PETL_CLOCK !== "") {
  const [where, seconds, after = "0"] = PETL_CLOCK.split(":");
  if (where === role || where === "both") setClock(Number(seconds) * 1000, Number(after) * 1000);
}

/** As after `date -s`: the wall clock jumps, the monotonic one goes on. One set before the start moves the time origin too. */
function setClock(stepMs, afterMs) {
  const now = Date.now.bind(Date);
  const origin = performance.timeOrigin;
  if (afterMs === 0) Object.defineProperty(performance, "timeOrigin", { get: () => origin + stepMs });
  const fromMs = now() + afterMs;
  const moved = () => (now() >= fromMs ? now() + stepMs : now());
  const Original = Date;
  globalThis.Date = class extends Original {
    constructor(...args) {
      if (args.length === 0) super(moved());
      else super(...args);
    }
    static now() {
      return moved();
    }
  };
}

syncBuiltinESMExports();
