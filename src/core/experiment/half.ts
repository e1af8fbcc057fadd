/**
 * The two 16-bit floats of model files, in bulk.
 *
 * float16 is 1 sign, 5 exponent and 10 mantissa bits; bfloat16 is the upper
 * half of a float32. Writing rounds to the nearest value, ties to even, as
 * IEEE 754 asks; reading is exact.
 */

const SMALLEST_NORMAL = 0x38800000; // 2^-14 as float32 bits
const HALF_OF_SMALLEST = 0x33000000; // 2^-25: a tie between zero and the smallest subnormal, so zero
const BEYOND_LARGEST = 0x47800000; // 2^16
const INFINITE = 0x7f800000;

/** Exponents of float32 count from -127, those of float16 from -15. */
const REBIAS = (127 - 15) << 10;

export function toHalf(source: Float32Array, target: Uint16Array): void {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  for (let i = 0; i < bits.length; i++) target[i] = halfOfBits(bits[i]!);
}

export function fromHalf(source: Uint16Array, target: Float32Array): void {
  halfValues ??= tabulateHalfs();
  for (let i = 0; i < source.length; i++) target[i] = halfValues[source[i]!]!;
}

export function fromBfloat16(source: Uint16Array, target: Float32Array): void {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16;
}

function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size >= BEYOND_LARGEST) {
    return sign | (size > INFINITE ? 0x7e00 | ((size >>> 13) & 0x1ff) : 0x7c00);
  }
  if (size >= SMALLEST_NORMAL) {
    const tieToEven = (size >>> 13) & 1;
    return sign | (((size + 0xfff + tieToEven) >>> 13) - REBIAS); // a carry walks into the exponent, up to infinity
  }
  if (size <= HALF_OF_SMALLEST) return sign;
  const shift = 126 - (size >>> 23); // 14 to 24: subnormals count in steps of 2^-24
  const mantissa = (size & 0x7fffff) | 0x800000;
  const down = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return sign | (rest > tie || (rest === tie && (down & 1) === 1) ? down + 1 : down);
}

/** All 65,536 values: a table lookup reads ten times faster than arithmetic. */
let halfValues: Float32Array | undefined;

function tabulateHalfs(): Float32Array {
  const values = new Float32Array(0x10000);
  for (let bits = 0; bits < values.length; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >>> 10) & 0x1f;
    const mantissa = bits & 0x3ff;
    if (exponent === 0) values[bits] = sign * mantissa * 2 ** -24;
    else if (exponent < 31) values[bits] = sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
    else values[bits] = mantissa === 0 ? sign * Infinity : NaN;
  }
  return values;
}
