/** The angles of rotary position embedding: one table for training and for serving. */

export interface RopeTables {
  /** [context, headSize / 2], row-major. */
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
}

/** Angle of position p and pair i: p / base^(2i / headSize) (Su et al., 2021, section 3.2.2). */
export function ropeTables(context: number, headSize: number, base: number): RopeTables {
  const half = headSize / 2;
  const cosine = new Float32Array(context * half);
  const sine = new Float32Array(context * half);
  for (let position = 0; position < context; position++) {
    for (let pair = 0; pair < half; pair++) {
      const angle = position / base ** ((2 * pair) / headSize);
      cosine[position * half + pair] = Math.cos(angle);
      sine[position * half + pair] = Math.sin(angle);
    }
  }
  return { cosine, sine };
}
