/** Numbers of things by what they share, in two arrays: sorted by counting, so that those of one group keep their order. */

export class Groups {
  /** Group after group. */
  readonly members: Uint32Array;
  /** Where each group begins, and at last where all end. */
  readonly #starts: Uint32Array;

  /** @param groupOf a whole number below `count` */
  constructor(things: Uint32Array, count: number, groupOf: (thing: number) => number) {
    this.#starts = new Uint32Array(count + 1);
    this.members = new Uint32Array(things.length);
    for (const thing of things) this.#move(groupOf(thing), 1);
    for (let group = 0; group < count; group++) this.#move(group + 1, this.startOf(group));
    // Each group ends where it starts now, and is filled from its end.
    for (let index = things.length - 1; index >= 0; index--) {
      const thing = things[index] ?? 0;
      const group = groupOf(thing);
      this.#move(group, -1);
      this.members[this.startOf(group)] = thing;
    }
  }

  startOf(group: number): number {
    return this.#starts[group] ?? 0;
  }

  of(group: number): Uint32Array {
    return this.members.subarray(this.startOf(group), this.#endOf(group));
  }

  *[Symbol.iterator](): Generator<Uint32Array, void, void> {
    for (let group = 0; group + 1 < this.#starts.length; group++) yield this.of(group);
  }

  #move(group: number, by: number): void {
    this.#starts[group] = this.startOf(group) + by;
  }

  #endOf(group: number): number {
    return this.#starts[group + 1] ?? 0;
  }
}
