import { type Members, membersOf } from './members.ts'
import { type JournalHeader, type JournalLine, journalFormat, type RunJournal } from './run-journal.ts'

/** Reads the file of a journal. It comes from outside: nothing in it is believed. */

/** A journal, or what is wrong with the text, with its line. */
export type ReadJournal =
  | { readonly ok: true; readonly journal: RunJournal }
  | { readonly ok: false; readonly line: number; readonly problem: string }

/** Longest text of which a complaint quotes anything. */
const quoted = 40

/** Reads NDJSON that `journalText` wrote. */
export function readJournal(text: string): ReadJournal {
  const rows = text.split('\n')
  if (rows.at(-1) === '') rows.pop()
  let header: JournalHeader | undefined
  let end: Pick<RunJournal, 'digest' | 'settings'> | undefined
  const lines: JournalLine[] = []
  for (const [i, row] of rows.entries()) {
    const wrong = (problem: string): ReadJournal => ({ ok: false, line: i + 1, problem })
    const value = parsed(row)
    if (value === undefined) return wrong(`found ${JSON.stringify(row.slice(0, quoted))}, expected an object as JSON`)
    if (end !== undefined) return wrong('something stands behind the end')
    if (header === undefined) {
      const read = headerOf(value)
      if (typeof read === 'string') return wrong(read)
      header = read
    } else if (value.type === 'end') {
      const { digest, settings } = value
      if (typeof digest !== 'string') return wrong('the end has no digest')
      if (settings !== undefined && !areTexts(settings)) return wrong("the end's settings are no texts")
      end = { digest, ...(settings !== undefined && { settings }) }
    } else {
      const read = lineOf(value)
      if (read === undefined)
        return wrong('found no record; expected {"type":"record","record":{"seq":..., "time":..., ...}}')
      lines.push(read)
    }
  }
  if (header === undefined) return { ok: false, line: 1, problem: 'the file is empty; expected a header' }
  if (end === undefined)
    return { ok: false, line: rows.length, problem: 'the file has no end: the run that wrote it was cut short' }
  return { ok: true, journal: { header, lines, ...end } }
}

function areTexts(value: unknown): value is Readonly<Record<string, string>> {
  const members = membersOf(value)
  return members !== undefined && Object.values(members).every((each) => typeof each === 'string')
}

function parsed(row: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(row)
    return Array.isArray(value) ? undefined : membersOf(value)
  } catch {
    return undefined
  }
}

function headerOf(value: Members): JournalHeader | string {
  if (value.type !== 'header') return 'found no header; expected a file that podsim run --journal wrote'
  if (value.format !== journalFormat)
    return `found format ${JSON.stringify(value.format)?.slice(0, quoted) ?? 'none'}, expected ${journalFormat}`
  const { podsim, file, title, seed, version } = value
  if (![podsim, file, title, seed, version].every((each) => typeof each === 'string'))
    return 'the header lacks podsim, file, title, seed or version'
  // Each was just seen to be a text.
  return { format: journalFormat, podsim, file, title, seed, version } as JournalHeader
}

function lineOf(value: Members): JournalLine | undefined {
  const record = value.type === 'record' ? membersOf(value.record) : undefined
  if (record === undefined) return undefined
  const { seq, time, actor, type, cause, object, story } = record
  const isRecord =
    [seq, time, cause].every((each) => typeof each === 'number' && Number.isFinite(each)) &&
    [actor, type].every((each) => typeof each === 'string') &&
    hasTexts(object, ['kind', 'name'], ['namespace', 'uid']) &&
    hasTexts(story, ['actor', 'text', 'tone'], [])
  // All members that are used by their type were just looked at.
  return isRecord ? (record as unknown as JournalLine) : undefined
}

/** Whether a member is absent, or an object with these texts. */
function hasTexts(value: unknown, needed: readonly string[], allowed: readonly string[]): boolean {
  if (value === undefined) return true
  const members = membersOf(value)
  if (members === undefined) return false
  return (
    needed.every((name) => typeof members[name] === 'string') &&
    allowed.every((name) => members[name] === undefined || typeof members[name] === 'string')
  )
}
