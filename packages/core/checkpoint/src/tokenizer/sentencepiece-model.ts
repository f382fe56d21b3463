import protobuf from "protobufjs";

/** What is used of SentencePiece's `ModelProto` (https://github.com/google/sentencepiece, src/sentencepiece_model.proto). */
export interface SentencePieceModel {
  readonly pieces: readonly { readonly piece: string; readonly score: number; readonly type: PieceType }[];
  readonly trainerSpec: {
    readonly modelType: ModelType;
    readonly treatWhitespaceAsSuffix: boolean;
    readonly byteFallback: boolean;
    readonly unkId: number;
    readonly eosId: number;
    readonly padId: number;
  };
  readonly normalizerSpec: {
    readonly precompiledCharsmap: Uint8Array;
    readonly addDummyPrefix: boolean;
    readonly removeExtraWhitespaces: boolean;
    readonly escapeWhitespaces: boolean;
  };
}

type PieceType = "NORMAL" | "UNKNOWN" | "CONTROL" | "USER_DEFINED" | "UNUSED" | "BYTE";
type ModelType = "UNIGRAM" | "BPE" | "WORD" | "CHAR";

const SCHEMA = `syntax = "proto2";
message SentencePiece {
  enum Type { NORMAL = 1; UNKNOWN = 2; CONTROL = 3; USER_DEFINED = 4; UNUSED = 5; BYTE = 6; }
  optional string piece = 1;
  optional float score = 2;
  optional Type type = 3 [default = NORMAL];
}
message TrainerSpec {
  enum ModelType { UNIGRAM = 1; BPE = 2; WORD = 3; CHAR = 4; }
  optional ModelType model_type = 3 [default = UNIGRAM];
  optional bool treat_whitespace_as_suffix = 24 [default = false];
  optional bool byte_fallback = 35 [default = false];
  optional int32 unk_id = 40 [default = 0];
  optional int32 eos_id = 42 [default = 2];
  optional int32 pad_id = 43 [default = -1];
}
message NormalizerSpec {
  optional bytes precompiled_charsmap = 2;
  optional bool add_dummy_prefix = 3 [default = true];
  optional bool remove_extra_whitespaces = 4 [default = true];
  optional bool escape_whitespaces = 5 [default = true];
}
message ModelProto {
  repeated SentencePiece pieces = 1;
  optional TrainerSpec trainer_spec = 2;
  optional NormalizerSpec normalizer_spec = 3;
}`;

let modelProto: protobuf.Type | undefined;

/** Decodes a `.model` file's bytes; throws the protobuf reader's error where they are malformed. */
export function decodeSentencePieceModel(bytes: Uint8Array): SentencePieceModel {
  modelProto ??= protobuf.parse(SCHEMA).root.lookupType("ModelProto");
  const message = modelProto.decode(bytes);
  const { pieces, trainerSpec, normalizerSpec } = modelProto.toObject(message, {
    defaults: true,
    arrays: true,
    enums: String,
  }) as { [Field in keyof SentencePieceModel]: SentencePieceModel[Field] | null };
  if (!pieces || !trainerSpec || !normalizerSpec || pieces.length === 0) {
    throw new RangeError("no pieces, trainer_spec or normalizer_spec in it");
  }
  return { pieces, trainerSpec, normalizerSpec };
}
