import { test as base, expect, Snapshots } from 'vitest'
import { createSim, type Duration, type Sim, type SimOptions } from '../index.ts'
import { type ManifestMatchers, manifestMatchers } from './manifest-matchers.ts'
import * as pods from './pod-verdicts.ts'
import * as secrets from './secret-verdicts.ts'
import { type TimelineOptions, timeline } from './timeline.ts'
import { failureOf, type Target, type Verdict, type Wanted } from './verdict.ts'

/**
 * `podsim/vitest`: a fixture and matchers for regression tests on a simulated cluster.
 *
 *     import { expect, test } from 'podsim/vitest'
 *     test('the Pod waits for its Secret', ({ createSim }) => {
 *       const sim = createSim({ seed: 'L2' })
 *       sim.apply(pod)
 *       sim.runFor('10s')
 *       expect(sim).toBeWaiting('mypod', { for: 'ContainerCreating' })
 *     })
 */

/** Matchers of a simulation. A container is `pod`, `pod/container` or {pod, container?, namespace?}. */
export interface SimMatchers<R = unknown> {
  /** A Pod is there and looks so; only what is given is looked at. */
  toHavePod(name: string, expected?: pods.PodExpectation): R
  /** A Pod, or one of its containers, runs. */
  toBeRunning(target: Target): R
  /** A Pod is ready, or all Pods of a workload: `deploy/web`. */
  toBeReady(target: Target): R
  /** A container waits; `for` is in its reason or message, or in why the Pod is not scheduled. */
  toBeWaiting(target: Target, wanted?: { readonly for?: Wanted }): R
  /** `message` is in the event's message, `count` is how often at least; all of EventQuery narrows the search. */
  toHaveEvent(expected: secrets.EventExpectation): R
  /** A file as a container sees it: a text is all of it, `mode` its permission bits. */
  toHaveFile(target: Target, path: string, expected?: Wanted | secrets.FileExpectation): R
  /** An environment variable as it was resolved when the container was created. */
  toHaveEnv(target: Target, name: string, value?: Wanted): R
  /** All places of a container see the newest value of a Secret within so much time from its writing; lets that time pass. */
  toSeeSecretWithin(target: Target, secret: string, within: Duration): R
  /** A node holds values of a Secret, in its kubelet's cache or in a file. */
  toHoldSecret(node: string, secret: string, namespace?: string): R
  /** The story of the run is that of the snapshot, or reads as the text that is given. */
  toMatchTimeline(expected?: string | TimelineOptions): R
}

declare module 'vitest' {
  interface Matchers<T> extends SimMatchers<T>, ManifestMatchers<T> {}
}

interface Fixtures {
  /** Makes simulations that are disposed of after the test; a failing test tells their seeds and digests. */
  readonly createSim: (options?: SimOptions) => Sim
}

export const test = base.extend<Fixtures>({
  // vitest reads the names of fixtures that are used from the first parameter's pattern.
  // biome-ignore lint/correctness/noEmptyPattern: this one uses none
  createSim: async ({}, use) => {
    const made: Sim[] = []
    await use((options) => {
      const sim = createSim(options)
      made.push(sim)
      return sim
    })
    for (const sim of made) sim.dispose()
  },
})

/** What vitest hands to a matcher, as far as it is of use here. */
interface State {
  readonly isNot?: boolean
  readonly testPath?: string | undefined
  readonly currentTestName?: string | undefined
}

interface Answer {
  readonly pass: boolean
  readonly message: () => string
  readonly expected?: unknown
  readonly actual?: unknown
}

/** A matcher that looks at a verdict. */
function matcher<A extends readonly unknown[]>(verdictOf: (sim: Sim, ...given: A) => Verdict) {
  return function (this: State, sim: Sim, ...given: A): Answer {
    const verdict = verdictOf(sim, ...given)
    const isNot = this.isNot === true
    if (verdict.pass !== isNot) return { pass: verdict.pass, message: () => '' }
    const { message, sides } = failureOf(sim, verdict, isNot, repeatOf(this))
    return { pass: verdict.pass, message: () => message, ...(isNot ? {} : sides) }
  }
}

/** The command that runs a test again. */
function repeatOf({ testPath, currentTestName }: State): string | undefined {
  if (testPath === undefined) return undefined
  const here = `${process.cwd()}/`
  const file = testPath.startsWith(here) ? testPath.slice(here.length) : testPath
  const name = currentTestName?.replace(/ > /g, ' ')
  return `npx vitest run ${file}${name === undefined ? '' : ` -t '${pattern(name).replaceAll("'", `'\\''`)}'`}`
}

/** vitest takes names as regular expressions. */
function pattern(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

expect.extend({
  ...manifestMatchers,
  toHavePod: matcher(pods.hasPod),
  toBeRunning: matcher(pods.isRunning),
  toBeReady: matcher(pods.isReady),
  toBeWaiting: matcher(pods.isWaiting),
  toHaveEvent: matcher(secrets.hasEvent),
  toHaveFile: matcher(secrets.hasFile),
  toHaveEnv: matcher(secrets.hasEnv),
  toSeeSecretWithin: matcher(secrets.seesSecretWithin),
  toHoldSecret: matcher(secrets.nodeHoldsSecret),
  toMatchTimeline(sim: Sim, expected: string | TimelineOptions = {}) {
    if (typeof expected !== 'string') return Snapshots.toMatchSnapshot.call(this, timeline(sim, expected))
    const actual = timeline(sim)
    const wanted = expected.trim()
    const sides = { expected: wanted, actual }
    const verdict: Verdict = {
      pass: actual === wanted,
      what: ['the timeline', 'to read as given'],
      found: 'another one',
      sides,
    }
    return {
      pass: verdict.pass,
      message: () => failureOf(sim, verdict, this.isNot === true, repeatOf(this)).message,
      ...sides,
    }
  },
})

export type { ManifestMatchers, Manifests } from './manifest-matchers.ts'
export type { PodExpectation } from './pod-verdicts.ts'
export { type ScenarioTestOptions, scenarioTests } from './scenario-tests.ts'
export type { EventExpectation, FileExpectation } from './secret-verdicts.ts'
export { type TimelineOptions, timeline } from './timeline.ts'
export type { Target, Wanted } from './verdict.ts'
export { expect }
