// The parts of a GPU day, by worth. `limitS` is what a part may take at most; the last one makes the pages, and time is kept for it.

/** @type {readonly { name: string, program: string, limitS: number, what: string }[]} */
export const parts = [
  {
    name: "doctor",
    program: "doctor.mjs",
    limitS: 60,
    what: "the machine, its adapters and the versions of both sides",
  },
  { name: "power", program: "power.mjs", limitS: 40, what: "the power sensor at rest and under a square wave" },
  {
    name: "products",
    program: "products.mjs",
    limitS: 75,
    what: "rates of matrix products beside PyTorch's and the card's",
  },
  { name: "training", program: "training.mjs", limitS: 280, what: "training steps beside PyTorch and PEFT" },
  {
    name: "cache",
    program: "cache.mjs",
    limitS: 75,
    what: "READ over 20 epochs with and without the activation cache",
  },
  { name: "pages", program: "pages.mjs", limitS: 25, what: "report.md and report.html" },
];
