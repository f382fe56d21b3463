/** Most bytes of a file that describes a model or names special pieces: a hundred times the largest seen. */
export const MOST_DESCRIPTION_BYTES = 1 << 20;

/** Most bytes of a tokenizer or an index of shards: real ones reach 35 MB, those of a million pieces. */
export const MOST_TOKENIZER_BYTES = 1 << 28;

/** File that describes a model's geometry. */
export const CONFIG_FILE = "config.json";

/** Files that hold a checkpoint's weights, in the order in which they are looked for. */
export const WEIGHT_FILE = "model.safetensors";
export const WEIGHT_INDEX_FILE = "model.safetensors.index.json";

/** Ends the name of a file that holds all weights and their description in llama.cpp's format. */
export const GGUF_ENDING = ".gguf";

/** Whether a file's name is that of one that holds weights. */
export const isWeightFile = (name: string): boolean => name.endsWith(".safetensors") || name.endsWith(GGUF_ENDING);

/** Files that describe a tokenizer, in the order in which they are looked for. */
export const TOKENIZER_FILE = "tokenizer.json";
export const SENTENCEPIECE_FILE = "spiece.model";

/** File that names a tokenizer's special pieces; optional. */
export const TOKENIZER_CONFIG_FILE = "tokenizer_config.json";

/** Older file with the same names; optional. */
export const SPECIAL_TOKENS_FILE = "special_tokens_map.json";

/** Every file but the weights that is used where a checkpoint has it. */
export const SMALL_FILES: readonly string[] = [
  CONFIG_FILE,
  TOKENIZER_FILE,
  SENTENCEPIECE_FILE,
  TOKENIZER_CONFIG_FILE,
  SPECIAL_TOKENS_FILE,
];

/** The contents of a complete checkpoint, in words for an error. */
export const NEEDED_FILES = `${CONFIG_FILE}, ${WEIGHT_FILE} (or ${WEIGHT_INDEX_FILE} and its shards, or one file that ends in ${GGUF_ENDING}) and ${TOKENIZER_FILE} (or ${SENTENCEPIECE_FILE})`;
