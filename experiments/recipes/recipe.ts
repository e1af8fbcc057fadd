/** What a recipe is: data, one training, and the figure that it is held to. */

export interface Recipe {
  readonly name: string;
  readonly summary: string;
  /** What `--data` must name. */
  readonly data: string;
  /** Trains and scores; everything it writes lies in `folder`. */
  cook(options: { readonly data: string; readonly folder: string }): Promise<readonly Figure[]>;
}

/** Something measured, and how much of it there may be at the most. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly most: number;
}
