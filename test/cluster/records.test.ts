import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ClusterRecord, recordTables } from '../../src/cluster/records.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'

const root = join(import.meta.dirname, '../..')

/** Accidents and code from outside are told of by the room that lets them in. */
const tellsFor: Readonly<Record<string, string>> = { 'src/cluster/outside-records.ts': 'src/sim' }

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? sourcesBelow(path) : [path]
  })
}

function textOfRoom(table: string): string {
  const [, folder = ''] = /^(src\/\w+)\//.exec(table) ?? []
  return sourcesBelow(join(root, tellsFor[table] ?? folder))
    .filter((path) => !/\/(?:outside-)?records\.ts$/.test(path) && !path.includes('/generated/'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}

describe('records of the journal', () => {
  test.each(Object.entries(recordTables))('%s lists no type that its room never tells', (table, rows) => {
    const text = textOfRoom(table)
    expect(Object.keys(rows).filter((type) => !text.includes(`'${type}'`))).toEqual([])
  })

  test('no type stands in two tables', () => {
    const types = Object.values(recordTables).flatMap((rows) => Object.keys(rows))
    expect(types.filter((type, i) => types.indexOf(type) !== i)).toEqual([])
  })

  test('the compiler takes what a table has, with its detail, and nothing else; a query knows what it finds', () => {
    const journal = createJournal<ClusterRecord>(createKernel(), 'full')
    journal.append({ actor: 'kubelet/n', type: 'volume.tear-down', detail: { volume: 'v' } })
    // @ts-expect-error: no table has this type
    journal.append({ actor: 'kubelet/n', type: 'volume.torn' })
    // @ts-expect-error: its detail is missing
    journal.append({ actor: 'kubelet/n', type: 'volume.tear-down' })
    // @ts-expect-error: another record's detail
    journal.append({ actor: 'kubelet/n', type: 'volume.tear-down', detail: { container: 'c' } })
    const [first] = journal.query({ type: 'volume.tear-down' })
    expect(first?.detail.volume).toBe('v')
    // @ts-expect-error: a volume that goes has no image
    expect(first?.detail.image).toBeUndefined()
  })
})
