import { AssertionError } from 'node:assert'
import type { Duration, Sim } from '../index.ts'
import * as pods from './pod-verdicts.ts'
import * as secrets from './secret-verdicts.ts'
import { type TimelineOptions, timeline } from './timeline.ts'
import { failureOf, type Target, type Verdict, type Wanted } from './verdict.ts'

/**
 * `podsim/assert`: what `podsim/vitest` has as matchers, as plain functions for node:test, Jest and everybody else. Each throws
 * an AssertionError that tells what was expected and found, seed and digest.
 *
 *     import { assertReady } from 'podsim/assert'
 *     test('the Pod waits for its Secret', () => { ...; assertReady(sim, 'app') })
 */

function check(sim: Sim, operator: string, verdict: Verdict): void {
  if (verdict.pass) return
  const { message, sides } = failureOf(sim, verdict, false, undefined)
  throw new AssertionError({ message, operator, ...sides })
}

/** A Pod is there and looks so. */
export function assertPod(sim: Sim, name: string, expected: pods.PodExpectation = {}): void {
  check(sim, 'assertPod', pods.hasPod(sim, name, expected))
}

/** A Pod, or one of its containers, runs. */
export function assertRunning(sim: Sim, target: Target): void {
  check(sim, 'assertRunning', pods.isRunning(sim, target))
}

/** A Pod is ready, or all Pods of a workload (`deploy/web`). */
export function assertReady(sim: Sim, target: Target): void {
  check(sim, 'assertReady', pods.isReady(sim, target))
}

/** A container of a Pod waits, for a reason or a message. */
export function assertWaiting(sim: Sim, target: Target, wanted: { readonly for?: Wanted } = {}): void {
  check(sim, 'assertWaiting', pods.isWaiting(sim, target, wanted))
}

/** A container sees a file, and what it says. */
export function assertFile(sim: Sim, target: Target, path: string, expected?: Wanted | secrets.FileExpectation): void {
  check(sim, 'assertFile', secrets.hasFile(sim, target, path, expected))
}

/** A variable as it was resolved when the container was created. */
export function assertEnv(sim: Sim, target: Target, name: string, value?: Wanted): void {
  check(sim, 'assertEnv', secrets.hasEnv(sim, target, name, value))
}

/** There is such an Event. */
export function assertEvent(sim: Sim, expected: secrets.EventExpectation): void {
  check(sim, 'assertEvent', secrets.hasEvent(sim, expected))
}

/** A container sees the newest value of a Secret within so much time from its writing; lets that time pass. */
export function assertSeesSecretWithin(sim: Sim, target: Target, secret: string, within: Duration): void {
  check(sim, 'assertSeesSecretWithin', secrets.seesSecretWithin(sim, target, secret, within))
}

/** A node holds values of a Secret, in its kubelet's cache or in a file. */
export function assertHoldsSecret(sim: Sim, node: string, secret: string, namespace?: string): void {
  check(sim, 'assertHoldsSecret', secrets.nodeHoldsSecret(sim, node, secret, namespace))
}

/** A node holds no value of a Secret. */
export function assertHoldsNoSecret(sim: Sim, node: string, secret: string, namespace?: string): void {
  const verdict = secrets.nodeHoldsSecret(sim, node, secret, namespace)
  if (!verdict.pass) return
  throw new AssertionError({
    message: failureOf(sim, verdict, true, undefined).message,
    operator: 'assertHoldsNoSecret',
  })
}

/** The story of the run reads so. */
export function assertTimeline(sim: Sim, expected: string, options: TimelineOptions = {}): void {
  const actual = timeline(sim, options)
  const pass = actual.trim() === expected.trim()
  check(sim, 'assertTimeline', {
    pass,
    what: ['the timeline', 'to read as given'],
    found: 'another one',
    sides: { expected, actual },
  })
}

export type { PodExpectation } from './pod-verdicts.ts'
export type { EventExpectation, FileExpectation } from './secret-verdicts.ts'
export { type TimelineOptions, timeline } from './timeline.ts'
export type { Target, Wanted } from './verdict.ts'
