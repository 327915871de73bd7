import { safeJson } from '../../bytes/terminal-text.ts'
import type { ClusterRecord } from '../../cluster/records.ts'
import type { JournalObject } from '../../kernel/journal.ts'
import type { Redaction } from '../../looks/redaction.ts'
import { createTeller } from '../story.ts'
import { lines, plain, type TerminalText } from '../text.ts'
import type { Tone } from '../told.ts'

/**
 * The journal of one run as a file: NDJSON, a header, then a line for each record, then an end. What stands in it is masked
 * unless the run was asked to reveal. `format` counts up when a member changes its meaning.
 */
export const journalFormat = 1

/** Which run it was. */
export interface JournalHeader {
  readonly format: typeof journalFormat
  readonly podsim: string
  readonly file: string
  readonly title: string
  readonly seed: string
  /** Of Kubernetes. */
  readonly version: string
}

/** A record, and how the story tells it, if it does. */
export interface JournalLine {
  readonly seq: number
  readonly time: number
  readonly actor: string
  readonly type: string
  readonly object?: JournalObject
  readonly cause: number
  readonly detail?: unknown
  readonly before?: unknown
  readonly after?: unknown
  readonly story?: { readonly actor: string; readonly text: string; readonly tone: Tone }
}

/** All of a run. */
export interface RunJournal {
  readonly header: JournalHeader
  readonly lines: readonly JournalLine[]
  readonly digest: string
  /** Values that its variables were set to, and its cell of the matrix, by name; undefined: none were, or one is a Secret's value. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The journal of a run that is over, as it may be written: `redaction` knows all values by then. */
export function runJournal(
  header: JournalHeader,
  records: readonly ClusterRecord[],
  digest: string,
  redaction: Redaction,
): RunJournal {
  return { header, lines: records.map(createLiner(redaction)), digest }
}

/** Makes a line of each record, in order: with what of it may be written. */
function createLiner(redaction: Redaction): (record: ClusterRecord) => JournalLine {
  const tell = createTeller()
  return (record) => {
    const line = tell(record)
    const { detail, before, after, ...known } = record
    return {
      ...known,
      // Names of objects are no values, even where somebody's value is the same word.
      ...(detail === undefined ? {} : { detail: redaction.value(detail) }),
      ...(before === undefined ? {} : { before: redaction.value(before) }),
      ...(after === undefined ? {} : { after: redaction.value(after) }),
      ...(line === undefined ? {} : { story: { actor: line.actor, text: redaction.text(line.text), tone: line.tone } }),
    }
  }
}

/** All of them or none: with some a run would be made again that is another. */
function toldSettings(
  settings: NonNullable<RunJournal['settings']>,
  redaction: Redaction,
): Pick<RunJournal, 'settings'> {
  const values = Object.values(settings)
  return values.length > 0 && values.every((each) => redaction.text(each) === each) ? { settings } : {}
}

/** The file, as it grows. */
export interface JournalFile {
  header(header: JournalHeader): TerminalText
  record(record: ClusterRecord): TerminalText
  /** `settings`: as of a journal, not looked at yet for values of Secrets, all of which are known by now. */
  end(digest: string, settings: Readonly<Record<string, string>>): TerminalText
}

/** What a journal's file says of a run that goes on: what of it is masked are the values that are known when a line is made. */
export function createJournalFile(redaction: Redaction): JournalFile {
  const lineOf = createLiner(redaction)
  let records = 0
  const row = (value: object): TerminalText => lines([plain`${safeJson(value)}`])
  return {
    header: (header) => row({ type: 'header', ...header }),
    record(record) {
      records++
      return row({ type: 'record', record: lineOf(record) })
    },
    end: (digest, settings) => row({ type: 'end', records, digest, ...toldSettings(settings, redaction) }),
  }
}
