/** What a term of the glossary is. One name may be several: `Failed` is an event and a phase. */
export const termKinds = {
  event: 'reason of an Event',
  state: 'state of a container',
  condition: 'condition, or the reason of one',
  phase: 'phase of a Pod',
  answer: 'answer of the API server',
  field: 'field',
  word: 'word',
  clause: 'clause of the Secrets page',
  exit: 'exit code',
  fault: 'fault of a scenario',
  invariant: 'what holds in every run',
  record: 'record of the journal',
  mistake: 'mistake in a scenario file',
} as const

export type TermKind = keyof typeof termKinds

/** One thing that podsim says, and what it means. */
export interface Term {
  /** As podsim, Kubernetes or the page writes it. */
  readonly name: string
  readonly kind: TermKind
  /** A few sentences for somebody who meets it for the first time. */
  readonly means: string
  /** When it comes up, and what helps. */
  readonly when?: string
  /** Kubernetes source path, or the file of podsim that says it. */
  readonly source?: string
  /** Clauses of the Secrets page that it comes from. */
  readonly clauses?: readonly string[]
  /** Names of other terms. */
  readonly related?: readonly string[]
}

/** What a table says of each name. */
export type TermFacts = Omit<Term, 'name' | 'kind'>

/** The terms of a table, all of one kind. */
export function termsOf(kind: TermKind, table: Readonly<Record<string, TermFacts>>): readonly Term[] {
  return Object.entries(table).map(([name, facts]) => ({ name, kind, ...facts }))
}
