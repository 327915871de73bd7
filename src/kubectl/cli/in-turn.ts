import type { Steps } from '../../kernel/steps.ts'
import { attempt, type Failure } from './failure.ts'

/** For `yield*`: what became of each item, one after the other. */
export function* inTurn<T, R>(items: readonly T[], work: (item: T) => Steps<R>): Steps<readonly R[]> {
  const results: R[] = []
  for (const item of items) results.push(yield* work(item))
  return results
}

/** For `yield*`: does something to each item; failures are collected so that the others go on. */
export function* eachItem<T>(items: readonly T[], work: (item: T) => Steps<unknown>): Steps<readonly Failure[]> {
  const results = yield* inTurn(items, (item) => attempt(work(item)))
  return results.flatMap((result) => (result.ok ? [] : [result.failure]))
}
