import { node } from "./provider.js";

export default node;
