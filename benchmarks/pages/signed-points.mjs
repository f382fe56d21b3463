/** A difference of scores with its sign, as `+1.2` or `−0.5`. */
export const signedPoints = (points) => `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)}`;
