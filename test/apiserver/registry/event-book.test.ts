import { expect, test } from 'vitest'
import type { HeldChange } from '../../../src/apiserver/held-row.ts'
import { EventBook, type HeldEvent } from '../../../src/apiserver/registry/event-book.ts'
import { EventRow } from '../../../src/client/event-row.ts'

const teller = { source: { component: 'kubelet', host: 'node-1' }, namesItself: true }
const uid = '0c5e9d16-1b1f-4a6c-9b57-f00dfeedbeef'
const maker = {
  manager: 'kubelet',
  objectOf: (row: HeldEvent) => ({ apiVersion: 'v1', kind: 'Event', metadata: { name: row.name, uid: row.uid } }),
}
const told = (i: number) =>
  new EventRow(
    teller,
    { kind: 'Pod', namespace: 'default', name: `p${i}` },
    'Normal',
    'Pulled',
    'm',
    `p${i}.x`,
    null,
    'l',
    i,
  )

test('R2 what stands in the book is what was told, as long as somebody keeps its place, and goes with its block', () => {
  const book = new EventBook()
  const rows = Array.from({ length: 130 }, (_, i) => {
    const row = book.add(maker, told(i), uid, i)
    book.hold(row.place)
    return row
  })
  for (const [i, { place }] of rows.entries()) {
    const row = book.at(place)
    expect(row.said).toEqual(told(i))
    expect([row.uid, row.createdAt, row.at, row.stem]).toEqual([uid, i, i, `p${i}`])
    expect(book.isNamed(place, `p${i}.x`) && !book.isNamed(place, `p${i}.y`)).toBe(true)
    expect(row.object).toBe(book.at(place).object)
  }
  for (const { place } of rows.slice(1)) book.letGo(place)
  expect(book.at(1).name).toBe('p1.x') // in the block of the one that is kept
  expect(() => book.at(64)).toThrow('who keeps a place holds it')
  book.letGo(0)
  expect(() => book.at(0)).toThrow('who keeps a place holds it')
})

test('R2 a change that is kept keeps what was written over', () => {
  const book = new EventBook()
  const first = book.add(maker, told(0), uid, 5)
  book.hold(first.place)
  const rows = Array.from({ length: 63 }, (_, i) => book.add(maker, told(i + 1), uid, 6))
  const second = book.addAnew(first, told(0).recounted(told(7)), 7)
  book.hold(second.place)
  book.holdChange(second.place)
  book.letGo(first.place)
  const change: HeldChange = book.changeAt(second.place)
  expect([change.type, book.changeAt(rows[0]?.place ?? 0).type]).toEqual(['MODIFIED', 'ADDED'])
  expect([first.count, second.count, second.createdAt, second.at, second.uid]).toEqual([0, 7, 5, 7, uid])
  expect(change.old?.metadata.name).toBe('p0.x')
  book.letGoOfChange(second.place)
  expect(() => book.at(first.place)).toThrow('who keeps a place holds it')
  expect(book.at(second.place).count).toBe(7)
})
