/** 128 bits that name a stream, as four unsigned 32-bit words. */
export type Identity = readonly [number, number, number, number];

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

function finalise(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Mixes words into an identity: MurmurHash3 x86_128 (Austin Appleby, 2011) over whole blocks of four words, with the
 * identity as its 128-bit seed.
 *
 * @param seed the identity that is built upon
 * @param words the message; padded with zeros to whole blocks, so the caller puts the length into it
 */
export function mix(seed: Identity, words: readonly number[]): Identity {
  let [h1, h2, h3, h4] = seed;
  for (let block = 0; block < words.length; block += 4) {
    const word = (offset: number) => words[block + offset] ?? 0;
    h1 ^= Math.imul(rotate(Math.imul(word(0), 0x239b961b), 15), 0xab0e9789);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(word(1), 0xab0e9789), 16), 0x38b34ae5);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(word(2), 0x38b34ae5), 17), 0xa1e38b93);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(word(3), 0xa1e38b93), 18), 0x239b961b);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  return finish(h1, h2, h3, h4, words.length * 4);
}

function finish(a: number, b: number, c: number, d: number, bytes: number): Identity {
  let [h1, h2, h3, h4] = [a ^ bytes, b ^ bytes, c ^ bytes, d ^ bytes];
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  [h1, h2, h3, h4] = [finalise(h1), finalise(h2), finalise(h3), finalise(h4)];
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1, (h2 + h1) | 0, (h3 + h1) | 0, (h4 + h1) | 0];
}

const NUMBER = 1;
const STRING = 2;

/** The words of a label: its type, its length, its content; different labels have different words. */
export function labelWords(label: string | number): number[] {
  if (typeof label === 'number') {
    const bits = new Uint32Array(new Float64Array([label + 0]).buffer);
    return [NUMBER, 2, bits[0] as number, bits[1] as number];
  }
  const words = [STRING, label.length];
  for (let index = 0; index < label.length; index += 2) {
    words.push(label.charCodeAt(index) | ((label.charCodeAt(index + 1) || 0) << 16));
  }
  return words;
}
