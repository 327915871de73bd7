/** Where something stands in a file of a scenario, counted from 1. */
export interface Place {
  /** The file, where it is not the scenario's own but one that this includes. */
  readonly file?: string
  readonly line: number
  readonly column: number
}
