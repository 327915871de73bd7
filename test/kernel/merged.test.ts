import { Subject } from 'rxjs'
import { expect, test } from 'vitest'
import { merged, tributary } from '../../src/kernel/merged.ts'

function world() {
  const [numbers, texts] = [new Subject<number>(), new Subject<string>()]
  const heard: string[] = []
  const stream = merged([tributary(numbers, (n) => `number ${n}`), tributary(texts, (text) => `text ${text}`)])
  const hearing = stream.subscribe({
    next: (piece) => heard.push(piece),
    error: (refusal) => heard.push(`refused: ${refusal}`),
    complete: () => heard.push('over'),
  })
  return { numbers, texts, heard, hearing }
}

test('pieces of several streams are heard in their order, each within the call that tells it', () => {
  const { numbers, texts, heard } = world()
  numbers.next(1)
  expect(heard).toEqual(['number 1'])
  texts.next('a')
  numbers.next(2)
  expect(heard).toEqual(['number 1', 'text a', 'number 2'])
})

test('it is over when all of them are, and refused when one is', () => {
  const ended = world()
  ended.numbers.complete()
  ended.texts.next('a')
  ended.texts.complete()
  expect(ended.heard).toEqual(['text a', 'over'])
  const refused = world()
  refused.numbers.error('no')
  refused.texts.next('a')
  expect(refused.heard).toEqual(['refused: no'])
})

test('who leaves has left all of them', () => {
  const { numbers, texts, heard, hearing } = world()
  hearing.unsubscribe()
  numbers.next(1)
  texts.next('a')
  expect([numbers.observed, texts.observed, heard]).toEqual([false, false, []])
})
