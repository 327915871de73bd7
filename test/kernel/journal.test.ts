import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHistory } from '../../src/kernel/history.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'

const secret = (name: string) => ({ kind: 'Secret', namespace: 'default', name })

describe('journal', () => {
  test('a record is caused by the record before it in the same chain of events', () => {
    const kernel = createKernel()
    const journal = createJournal(kernel, 'full')
    const first = journal.append({ actor: 'user/admin', type: 'object.created', object: secret('a') })
    kernel.schedule(50, () => journal.append({ actor: 'kubelet/n', type: 'watch.delivered', object: secret('a') }))
    kernel.cause = 0
    journal.append({ actor: 'user/admin', type: 'object.created', object: secret('b') })
    kernel.runUntil(100)
    const delivered = journal.query({ type: 'watch.delivered' })[0]
    expect(delivered).toMatchObject({ seq: 3, time: 50, cause: first })
    expect(journal.causes(3).map(({ seq }) => seq)).toEqual([3, 1])
    expect(journal.query({ object: { name: 'b' } }).map(({ cause }) => cause)).toEqual([0])
  })

  test('summary leaves out the chatter, off everything, and both number as full does', () => {
    const seqs = (['full', 'summary', 'off'] as const).map((level) => {
      const journal = createJournal(createKernel(), level)
      journal.append({ actor: 'a', type: 'x.y' }, 'chatter')
      journal.append({ actor: 'a', type: 'x.z' })
      expect(journal.record(2)?.type).toBe(level === 'off' ? undefined : 'x.z')
      expect(journal.record(1)?.type).toBe(level === 'full' ? 'x.y' : undefined)
      return journal.records.map(({ seq }) => seq)
    })
    expect(seqs).toEqual([[1, 2], [2], []])
  })

  test('the digest tells any difference, and nothing but a difference', () => {
    const digest = (name: string, asked: boolean) => {
      const journal = createJournal(createKernel(), 'full')
      journal.append({ actor: 'a', type: 'object.created', object: secret('x'), after: { data: { k: name } } })
      if (asked) journal.digest()
      journal.append({ actor: 'a', type: 'object.deleted', object: secret('x') })
      return journal.digest()
    }
    expect(digest('v1', true)).toBe(digest('v1', false))
    expect(digest('v1', true)).not.toBe(digest('v2', true))
    expect(digest('v1', true)).toMatch(/^[0-9a-f]{16}$/)
  })
})

describe('history', () => {
  test('gives the objects of any moment, stepping in both directions', () => {
    const step = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), remove: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 900 }), fc.array(fc.nat(900)), (steps, visits) => {
        const journal = createJournal(createKernel(), 'full')
        const live = new Map<string, number>()
        const past = [new Map(live)]
        steps.forEach(({ name, remove }, value) => {
          const before = live.get(name)
          if (remove) live.delete(name)
          else live.set(name, value)
          journal.append({
            actor: 'a',
            type: 'object.changed',
            object: secret(name),
            ...(before === undefined ? {} : { before }),
            ...(remove ? {} : { after: value }),
          })
          past.push(new Map(live))
        })
        const history = createHistory(journal)
        const cursor = history.cursor()
        for (const visit of visits) {
          const seq = Math.min(visit, steps.length)
          cursor.moveTo(seq)
          const expected = [...(past[seq] ?? [])].map(([name, value]) => [`Secret default/${name}`, value]).sort()
          expect([...cursor.objects].map(([key, { value }]) => [key, value]).sort()).toEqual(expected)
          expect([...history.at(seq)].map(([key, { value }]) => [key, value]).sort()).toEqual(expected)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('a bounded journal', () => {
  const told = (keep: number | undefined, count = 100) => {
    const kernel = createKernel()
    const journal = createJournal(kernel, 'full', 0, undefined, keep)
    const gone: number[] = []
    journal.forgetting$.subscribe(({ records }) => gone.push(records))
    for (let i = 1; i <= count; i++) {
      kernel.runUntil(i * 1000)
      journal.append({ actor: 'a', type: 'thing.done', detail: { i } })
    }
    return { journal, gone }
  }

  test('has the newest records under their numbers, and says what it let go', () => {
    const { journal, gone } = told(20)
    expect(journal.records.length).toBeLessThanOrEqual(25)
    expect(journal.records.length).toBeGreaterThanOrEqual(20)
    expect(journal.record(100)?.detail).toEqual({ i: 100 })
    const { forgotten } = journal
    expect(forgotten).toEqual({
      ...{ records: 100 - journal.records.length, seq: 100 - journal.records.length },
      time: (100 - journal.records.length) * 1000,
    })
    expect(gone.at(-1)).toBe(forgotten?.records)
    expect(journal.record(forgotten?.seq ?? 0)).toBeUndefined()
    expect(journal.record((forgotten?.seq ?? 0) + 1)).toBe(journal.records[0])
  })

  test('has the digest of one that keeps all', () => {
    expect(told(20).journal.digest()).toBe(told(undefined).journal.digest())
    expect(told(undefined).journal.forgotten).toBeUndefined()
  })
})
