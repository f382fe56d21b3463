import { describe, expect, it } from "vitest";
import { conditions, memoryStatistics } from "../src/index.js";
import { EMPTY_SAMPLE, synthetic, traceOf } from "./synthetic.js";

const MiB = 2 ** 20;
const memoryBytes = (atS: number) => (atS < 2 ? 400 : atS === 6 ? 9000 : 5400) * MiB;
const trace = synthetic({ powerW: () => 100, toS: 20, periodS: 0.05, memoryBytes });

describe("memoryStatistics", () => {
  it("gives baseline, peak and p99 of the device, the baseline subtracted", () => {
    expect(memoryStatistics(trace, { fromS: 3, toS: 20 }).value).toEqual({
      source: "device",
      baselineBytes: 400 * MiB,
      peakBytes: 8600 * MiB,
      p99Bytes: 5000 * MiB,
      devicePeakBytes: 9000 * MiB,
      samples: 341,
    });
  });

  it("prefers the figure of the process where the driver gives one", () => {
    const processMemory = [4, 5, 6].map((atS) => ({ atS, bytes: atS * 1000 * MiB }));
    const statistics = memoryStatistics({ ...trace, processMemory }, { fromS: 3, toS: 20 }).value;
    expect(statistics).toMatchObject({ source: "process", peakBytes: 6000 * MiB, samples: 3 });
  });

  it("takes the baseline from the window it is given", () => {
    const statistics = memoryStatistics(trace, { fromS: 3, toS: 20 }, { baseline: { fromS: 10, toS: 11 } }).value;
    expect(statistics).toMatchObject({ baselineBytes: 5400 * MiB, peakBytes: 3600 * MiB });
  });

  it("gives null and the reason where there is no reading", () => {
    expect(memoryStatistics(traceOf([]), { fromS: 0, toS: 1 }).reason).toBe("the trace holds no samples");
    expect(memoryStatistics(traceOf([EMPTY_SAMPLE]), { fromS: 0, toS: 1 }).reason).toContain("gives no memory reading");
    expect(memoryStatistics(trace, { fromS: 50, toS: 51 }).reason).toContain("no memory reading in the window");
  });
});

describe("conditions", () => {
  it("summarises clock, temperature, utilization and performance states, null where absent", () => {
    const samples = [
      { ...EMPTY_SAMPLE, atS: 1, smClockHz: 1.4e9, temperatureC: 40, pstate: "P0" },
      { ...EMPTY_SAMPLE, atS: 2, smClockHz: 1.2e9, temperatureC: 50, pstate: "P2" },
    ];
    expect(conditions(traceOf(samples), { fromS: 0, toS: 3 })).toEqual({
      meanSmClockHz: 1.3e9,
      lowestSmClockHz: 1.2e9,
      meanTemperatureC: 45,
      highestTemperatureC: 50,
      meanGpuUtilization: null,
      pstates: ["P0", "P2"],
    });
  });
});
