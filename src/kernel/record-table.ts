import type { JournalRecord, Weight } from './journal.ts'

/**
 * A type of record in a room's table: what it tells in words, and, for the compiler alone, which members a record of it has
 * beyond those of every record.
 */
export interface RecordRow<Members extends object = object> {
  readonly tells: string
  /** Never there: it carries the members' types. */
  readonly members?: Members
}

/** A row whose records have `Members`: `row<{ readonly detail: { readonly node: string } }>('...')`. */
export function row<Members extends object = object>(tells: string): RecordRow<Members> {
  return { tells }
}

/** Types of records by name. */
export type RecordTable = Readonly<Record<string, RecordRow>>

/** The records that a table allows: a union that `type` tells apart. */
export type RecordsOf<Table extends RecordTable> = {
  readonly [Type in keyof Table & string]: RecordOf<Type, MembersOf<Table[Type]>>
}[keyof Table & string]

/** What records have in their detail, by type. */
export type DetailsOf<Table extends RecordTable> = {
  readonly [Type in keyof Table]: MembersOf<Table[Type]> extends { readonly detail: infer Detail } ? Detail : object
}

/** Tells records of a table whose actor is known; their object is taken from `about`. */
export type Tell<Table extends RecordTable, About> = <Type extends keyof Table>(
  type: Type,
  about: About,
  detail: DetailsOf<Table>[Type],
  weight?: Weight,
) => void

type RecordOf<Type extends string, Members> = Omit<JournalRecord, 'type' | keyof Members> & {
  readonly type: Type
} & Members

type MembersOf<Row> = Row extends RecordRow<infer Members> ? Members : never
