/** What each result page says before its figures, by the name of its suite, and on which checkpoints it ran if on several. */
export const resultPages = {
  "glue-minilm": {
    title: "Seven methods on MiniLM-L6",
    text: "Which method, for a small encoder and 256 labelled rows a task? Every method's learning rate was searched alike on held-out training rows; three seeds; GLUE's dev set scored once.",
    caveats: [
      "The checkpoint is all-MiniLM-L6-v2 (22.7 M parameters, Apache-2.0), a sentence encoder that was trained on at most 128 tokens and on pairs of QQP, SNLI and MultiNLI. None of those tasks is here, but RTE and MRPC ask related questions, so its scores there are those of a model that has seen such pairs.",
      "256 training rows and 128 held-out rows a task, at most 500 rows of dev: what two cores do in an hour. It is a comparison at small data, not of what full GLUE gives.",
      "Other work ran on the machine while many rates were searched, so times of searches are rough. On RTE almost nothing else ran, and trials of READ and LST shared what they recorded of the backbone, as all do now; on the other tasks every trial recorded its own.",
      "The runs that are compared had the machine to themselves, with a BLAS of the host: every method of a task on the same machine, STS-B on one of the same kind that was faster.",
      "The held-out loss decided between rates of equal held-out score; on STS-B no scores were equal.",
      "On CoLA, MRPC and RTE no method is above a constant answer by more than noise: what tells methods apart here is STS-B and SST-2.",
    ],
  },
  "glue-flan-t5": {
    title: "Five methods on FLAN-T5-small",
    text: "Which method, for an encoder-decoder that answers in text and 64 labelled rows a task? Every method's learning rate was searched alike on held-out training rows.",
    caveats: [
      "The checkpoint is not Google's: its package's authors distilled it further to write short titles, and its weights are 8-bit values written back as floats.",
      "FLAN's training mixture contains the GLUE tasks, so a score here does not measure transfer: the untouched backbone shows how much it knew.",
    ],
  },
  "side-networks-minilm": {
    title: "What recurrence adds: READ beside UniPT and SHERL on MiniLM-L6",
    text: "Three networks beside a frozen encoder, read in a sweep (READ) or all layers at once (UniPT, SHERL), and READ with its recurrence cut. UniPT and READ go backward through no layer of the backbone, SHERL through one.",
    caveats: [
      "The checkpoint is all-MiniLM-L6-v2 (22.7 M parameters, Apache-2.0), a sentence encoder that was trained on at most 128 tokens and on pairs of QQP, SNLI and MultiNLI.",
      "256 training rows and 128 held-out rows a task, at most 500 rows of dev: small data, chosen so that two cores finish.",
      "READ ran on another day than UniPT and SHERL, on a slower machine of the same kind, which did nothing else.",
      "UniPT at its own size trains many times what READ does; `reduction=8` is nearer to READ's size.",
    ],
  },
  "side-networks-flan-t5": {
    title: "What recurrence adds: READ beside UniPT and SHERL on FLAN-T5-small",
    text: "The same comparison on an encoder-decoder that answers in text. SHERL adapts the decoder alone.",
    caveats: [
      "The checkpoint is not Google's: its package's authors distilled it further to write short titles, and its weights are 8-bit values written back as floats.",
      "FLAN's training mixture contains the GLUE tasks, so a score here does not measure transfer: the untouched backbone shows how much it knew.",
      "64 training rows and 64 held-out rows a task, at most 200 rows of dev.",
    ],
  },
  "equal-time-minilm": {
    title: "For an equal time: READ's many epochs beside others' few, MiniLM-L6",
    text: "An epoch after the first costs READ hardly anything, as it reads what it recorded of the backbone. So what does a method reach in the same time? READ's 8 epochs take about as long as one epoch of LoRA or full tuning, and its 64 less than their 8. Every rate was searched alike on held-out training rows; three seeds; GLUE's dev set scored once.",
    caveats: [
      "The checkpoint is all-MiniLM-L6-v2 (22.7 M parameters, Apache-2.0), a sentence encoder that was trained on at most 128 tokens and on pairs of QQP, SNLI and MultiNLI. None of those tasks is here.",
      "256 training rows and 128 held-out rows a task, at most 500 rows of dev.",
      "What is equal is the time of training. A search of eight rates costs a multiple of it.",
      "Trials of the arms with 8 epochs are those of [the page on seven methods](glue-minilm.md), run on other days; all runs that are compared ran on one machine, which did nothing else.",
    ],
  },
  "five-methods": {
    title: "What five methods cost on four real checkpoints, three families",
    text: "Four tasks, 1,000 rows each, one epoch, on an encoder-decoder, two encoders and a decoder: that each method runs on each with two processor cores, and what memory and time it takes there.",
    caveats: [
      "Costs alone: no rate was searched, so scores would say nothing of methods. [Which method?](README.md) has the comparisons whose rates were.",
      "1,000 training rows and 128 held-out rows a task, one epoch, at most 256 rows of dev.",
      "FLAN-T5-small is not Google's: it was distilled further to write short titles, and its weights are 8-bit values written back as floats. FLAN's training mixture contains the GLUE tasks.",
      "MiniLM-L6 (all-MiniLM-L6-v2) is a sentence encoder that was trained on at most 128 tokens and on pairs of QQP, SNLI and MultiNLI.",
      "SmolLM2-135M is the instruct variant in 4-bit values (Q4_1) written back as floats.",
      "Percentages are of full tuning's cost on the same checkpoint. Memory is the highest of the tasks, times are sums over them; READ's include the one run of the backbone that its activation cache is filled by. Checkpoints ran on different days, so times of two cannot be compared.",
    ],
    checkpoints: ["flan-t5-small", "minilm-l6", "bert-base-uncased", "smollm2-135m"],
  },
  "low-data-smollm2": {
    title: "READ with few rows on a decoder, SmolLM2-135M",
    text: "READ's authors name two open questions: whether it carries to decoders such as Llama, and small data, where it may need more epochs than others. So READ trains for the three epochs that LoRA and full tuning have, and for 24, which still takes less time: with its activation cache, an epoch after the first costs READ hardly anything.",
    caveats: [
      "64 and 256 training rows, 64 held-out rows, at most 200 rows of dev: what two cores do in four hours. With 64 held-out rows, a choice between rates that score alike is luck.",
      "RTE with 256 rows ran on another day than the rest. There, READ's trials shared what they recorded of the backbone, as all do now; elsewhere every trial recorded its own.",
      "The checkpoint holds 4-bit values (Q4_1) written back as floats, of the instruct variant; what its training data shares with GLUE is not documented.",
    ],
  },
  mini: {
    title: "What a fresh clone shows: five methods on the embedded backbone",
    text: "The preset `quick` takes the learning rates that this search found; here each method has three seeds.",
    caveats: [
      "`mini` is a T5 of 3.5 M parameters that saw 6 M tokens: it knows little, so the order of methods here says little of larger backbones. It shows what a run costs and how a report reads.",
      "800 training rows, 128 held-out rows and 256 rows of dev for each task.",
    ],
  },
};
