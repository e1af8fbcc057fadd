/** The models that have learnt from what people gave, as chat sees them; `src/retrain/` finds them. */

export interface TaughtModel {
  readonly name: string;
  /** Whether anybody is answered by it now. */
  readonly isServing: boolean;
  /** The nearest model it came from that has seen nothing of the person; nothing where there is none here. */
  readonly clean?: { readonly name: string; readonly folder: string } | undefined;
}

export interface TaughtModels {
  /** Those that saw words of a person (a pseudonym), through whatever they came from. */
  taughtBy(person: string): Promise<readonly TaughtModel[]>;
}
