// The work itself: a number whose SHA-256 together with the puzzle begins with so many zero bits. Done in small pieces, so that the page
// stays as quick as ever; some ten thousand tries take a moment on a phone.

const PIECE_MS = 12;
const TRIES_PER_LOOK = 64;

const K = new Int32Array(64);
const START = new Int32Array(8);
// The constants of SHA-256 are what stands behind the point of the roots of the first primes.
for (let number = 2, found = 0; found < 64; number++) {
  let prime = true;
  for (let part = 2; part * part <= number; part++) if (number % part === 0) prime = false;
  if (!prime) continue;
  if (found < 8) START[found] = (number ** 0.5 % 1) * 2 ** 32 | 0;
  K[found++] = (number ** (1 / 3) % 1) * 2 ** 32 | 0;
}
const W = new Int32Array(64);

/** One block of 64 bytes. @param {Int32Array} state @param {Uint8Array} bytes @param {number} at */
function block(state, bytes, at) {
  for (let i = 0; i < 16; i++) { const j = at + 4 * i; W[i] = bytes[j] << 24 | bytes[j + 1] << 16 | bytes[j + 2] << 8 | bytes[j + 3]; }
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15], y = W[i - 2];
    W[i] = ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + W[i - 7] + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) + W[i - 16] | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const one = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
    const two = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
    h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** How the hash of an ASCII text begins: its first 64 bits, as two whole numbers. @param {string} text */
export function begins(text) {
  const bytes = new Uint8Array((text.length + 9 + 63 >> 6) << 6);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  bytes[text.length] = 0x80;
  new DataView(bytes.buffer).setUint32(bytes.length - 4, text.length * 8);
  const state = START.slice();
  for (let at = 0; at < bytes.length; at += 64) block(state, bytes, at);
  return [state[0] >>> 0, state[1] >>> 0];
}

/** @param {{puzzle: string, bits: number}} asked @returns {Promise<{puzzle: string, nonce: string}>} */
export async function solve({ puzzle, bits }) {
  for (let nonce = 0; ;) {
    for (const until = performance.now() + PIECE_MS; performance.now() < until;) {
      for (const end = nonce + TRIES_PER_LOOK; nonce < end; nonce++) {
        const [high, low] = begins(`${puzzle}:${nonce}`);
        if ((high ? Math.clz32(high) : 32 + Math.clz32(low)) >= bits) return { puzzle, nonce: String(nonce) };
      }
    }
    await new Promise((go) => { setTimeout(go); });
  }
}
