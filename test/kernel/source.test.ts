import { expect, test } from 'vitest'
import { hear } from '../../src/kernel/hear.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { process } from '../../src/kernel/process.ts'
import { Source } from '../../src/kernel/source.ts'
import { wait } from '../../src/kernel/steps.ts'

test('all who listen hear what is told, in the order in which they came, within the call that tells it', () => {
  const source = new Source<number>()
  const heard: string[] = []
  source.subscribe((n) => heard.push(`first ${n}`))
  source.subscribe((n) => heard.push(`second ${n}`))
  source.next(1)
  expect(heard).toEqual(['first 1', 'second 1'])
})

test('who has left hears no more, whoever comes while something is told hears the next', () => {
  const source = new Source<number>()
  const heard: string[] = []
  const first = source.subscribe((n) => {
    heard.push(`first ${n}`)
    if (n === 1) source.subscribe((m) => heard.push(`late ${m}`))
    if (n === 2) first.unsubscribe()
  })
  for (const n of [1, 2, 3]) source.next(n)
  expect(heard).toEqual(['first 1', 'first 2', 'late 2', 'late 3'])
})

test('who leaves while something is told does not hear it', () => {
  const source = new Source<number>()
  const heard: number[] = []
  source.subscribe(() => second.unsubscribe())
  const second = source.subscribe((n) => heard.push(n))
  source.next(1)
  expect(heard).toEqual([])
})

test('a process waits for the next that is told, or for one that it wants', () => {
  const source = new Source<number>()
  const got: unknown[] = []
  process(createKernel(), function* listen() {
    got.push(yield* wait(source))
    got.push(yield* wait(hear(source, (n) => (n > 5 ? n : undefined))))
  }).subscribe()
  for (const n of [1, 2, 7, 8]) source.next(n)
  expect(got).toEqual([1, 7])
})
