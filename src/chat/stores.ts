/** What the bot needs of its state on disk; `src/state/` keeps it. */

/** Small state: read at once, written whole. */
export interface StateDocument<Value> {
  readonly value: Readonly<Value>;
  /** Resolves once the change is on disk; rejects, and changes nothing, if it cannot be. */
  change(edit: (value: Readonly<Value>) => Value): Promise<Value>;
}

/** Many records, a line each. */
export interface Journal<Value> {
  append(record: Value): Promise<void>;
  records(): AsyncIterable<Value>;
  rewrite(records: Iterable<Value> | AsyncIterable<Value>): Promise<void>;
}

/** What was dealt with already, across restarts. */
export interface Seen {
  /** True the first time only, once that is on disk. */
  claim(id: string): Promise<boolean>;
}
