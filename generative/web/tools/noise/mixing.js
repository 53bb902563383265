// The forward process in the browser: x_t = α x_0 + σ ε, as bytes to be drawn.

/** @typedef {{ picture: Uint8Array, noise: Int16Array, shape: number[], alpha: number[], sigma: number[] }} Mix */

/**
 * The noisy picture at t, cut to what can be shown and rounded as Python rounds.
 * @param {Mix} mix
 * @param {number} t
 * @param {number} one of the integers of the noise
 */
export function mixed({ picture, noise, alpha, sigma }, t, one) {
  const out = new Uint8Array(picture.length), share = sigma[t] / one;
  for (let i = 0; i < out.length; i++) {
    const value = alpha[t] * ((picture[i] / 255) * 2 - 1) + share * noise[i];
    out[i] = Math.round(Math.min(1, Math.max(0, (value + 1) / 2)) * 255);
  }
  return out;
}

/**
 * How much of picture and of noise there is, in words.
 * @param {Mix} mix
 * @param {number} t
 */
export const parts = ({ alpha, sigma }, t) => `${alpha[t].toFixed(2)} × picture + ${sigma[t].toFixed(2)} × noise`;

/**
 * Signal to noise with its logarithm, in words.
 * @param {Mix} mix
 * @param {number} t
 */
export function ratio({ alpha, sigma }, t) {
  const value = alpha[t] ** 2 / sigma[t] ** 2;
  if (!Number.isFinite(value)) return "no noise";
  if (value === 0) return "no signal";
  const plain = value >= 100 ? value.toFixed(0) : value >= 0.01 ? value.toPrecision(2) : value.toExponential(0);
  return `${plain} (ln: ${Math.log(value).toFixed(1).replace("-", "−")})`;
}
