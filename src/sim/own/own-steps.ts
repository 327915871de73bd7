import { isObservable } from 'rxjs'
import type { Steps, Waited } from '../../kernel/steps.ts'
import { describeValue } from '../input/words.ts'
import { SimUsageError } from '../usage-error.ts'
import { type Owner, ownedBy } from './mistakes.ts'

/**
 * Somebody's own steps, with podsim in between: what they throw is their mistake, and so is what they yield that is no wait.
 * Refusals go in and out as they are.
 */
export function* ownSteps<R>(owner: Owner, begin: () => Steps<R>): Steps<R> {
  const steps = ownedBy(owner, () => generatorOf(begin()))
  let isOver = false
  try {
    let step = ownedBy(owner, () => steps.next())
    while (step.done !== true) {
      const waited = step.value
      ownedBy(owner, () => checkWaited(waited))
      const resume = yield* resumption(steps, waited)
      step = ownedBy(owner, resume)
    }
    isOver = true
    return step.value
  } finally {
    if (!isOver && owner.isDead?.() !== true) ownedBy(owner, () => close(steps))
  }
}

/** Waits for them, and says how they go on. */
function* resumption<R>(steps: Steps<R>, waited: Waited): Steps<() => IteratorResult<Waited, R>> {
  try {
    const answer = yield waited
    return () => steps.next(answer)
  } catch (refusal) {
    return () => steps.throw(refusal)
  }
}

function close<R>(steps: Steps<R>): void {
  // Nobody hears the result of what was ended.
  const { done } = steps.return(undefined as R)
  if (done !== true) throw new SimUsageError('a finally block waits; what was ended has no time left')
}

/** What came of calling a generator function: whoever forgot the star, or wrote async, is told. */
function generatorOf<R>(given: Steps<R>): Steps<R> {
  // Types are of no help to who writes JavaScript.
  const found: unknown = given
  const isSteps =
    typeof found === 'object' && found !== null && 'next' in found && 'throw' in found && Symbol.iterator in found
  if (isSteps) return given
  throw new SimUsageError(`what runs gives ${describeGiven(found)}; expected a generator, as function* makes one`)
}

function checkWaited(waited: unknown): void {
  if (typeof waited === 'number' && Number.isSafeInteger(waited) && waited >= -2) return
  if (isObservable(waited)) return
  throw new SimUsageError(
    `it yields ${describeGiven(waited)}; expected yield* of sleep, wait, attempt or forever, or an Observable`,
  )
}

/** A value in words; a Promise with why it is of no use. */
export function describeGiven(given: unknown): string {
  if (given instanceof Promise) return 'a Promise (virtual time does not wait for real time)'
  const isWait = typeof given === 'object' && given !== null && 'next' in given && Symbol.iterator in given
  return isWait ? 'a wait without the star of yield*' : describeValue(given)
}
