import { test as base, expect } from 'vitest'
import type { Pod } from '../api/types/core.ts'
import { type ContainerRef, createSim, type EventQuery, type Sim, type SimOptions } from '../index.ts'
import { createRedaction } from '../looks/redaction.ts'
import { type ManifestMatchers, manifestMatchers } from './manifest-matchers.ts'

/**
 * `podsim/vitest`: a fixture and matchers for regression tests on a simulated cluster.
 *
 *     import { expect, test } from 'podsim/vitest'
 *     test('the Pod waits for its Secret', ({ createSim }) => {
 *       const sim = createSim({ seed: 'L2' })
 *       sim.apply(pod)
 *       sim.runFor('10s')
 *       expect(sim).toHavePod('mypod', { phase: 'Pending', reason: 'ContainerCreating' })
 *     })
 */

/** What a Pod must look like; only what is given is looked at. */
export interface PodExpectation {
  readonly namespace?: string
  readonly phase?: string
  readonly ready?: boolean
  /** Reason of a waiting or terminated container. */
  readonly reason?: string
}

export interface SimMatchers<R = unknown> {
  toHavePod(name: string, expected?: PodExpectation): R
  /** `message` is contained in the event's message; all of EventQuery narrows the search. */
  toHaveEvent(query: EventQuery & { readonly message?: string }): R
  /** A file as a container sees it; `content` is all of it. */
  toHaveFile(target: ContainerRef, path: string, content?: string): R
  /** An environment variable as it was resolved when the container was created. */
  toHaveEnv(target: ContainerRef, name: string, value?: string): R
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

expect.extend({
  ...manifestMatchers,
  toHavePod(sim: Sim, name: string, expected: PodExpectation = {}) {
    const pod = sim.get<Pod>('Pod', name, expected.namespace)
    const found = pod === undefined ? undefined : shown(pod)
    const { namespace: _, ...wanted } = expected
    const pass =
      found !== undefined &&
      Object.entries(wanted).every(([key, value]) =>
        key === 'reason' ? found.reasons.includes(String(value)) : found[key as 'phase' | 'ready'] === value,
      )
    return {
      pass,
      message: () =>
        told(
          sim,
          `expected pod ${name} ${this.isNot ? 'not ' : ''}to be ${JSON.stringify(wanted)}, found ${JSON.stringify(found ?? 'no such pod')}`,
        ),
    }
  },
  toHaveEvent(sim: Sim, { message, ...query }: EventQuery & { readonly message?: string }) {
    const events = sim.events(query)
    const pass = events.some((event) => message === undefined || (event.message ?? '').includes(message))
    const seen = events.map((event) => `${event.reason}: ${event.message}`)
    return {
      pass,
      message: () =>
        told(
          sim,
          `expected ${this.isNot ? 'no ' : 'an '}event ${JSON.stringify({ ...query, message })}, found ${JSON.stringify(seen)}`,
        ),
    }
  },
  toHaveFile(sim: Sim, target: ContainerRef, path: string, content?: string) {
    const file = sim.file(target, path)
    const pass = file !== undefined && (content === undefined || file.content === content)
    return {
      pass,
      message: () =>
        told(
          sim,
          `expected ${path} in ${target.pod} ${this.isNot ? 'not ' : ''}to ${content === undefined ? 'exist' : `say ${JSON.stringify(content)}`}, found ${JSON.stringify(file?.content ?? file?.type ?? 'no such file')}`,
        ),
    }
  },
  toHaveEnv(sim: Sim, target: ContainerRef, name: string, value?: string) {
    const found = sim.env(target)?.get(name)
    const pass = found !== undefined && (value === undefined || found === value)
    return {
      pass,
      message: () =>
        told(
          sim,
          `expected ${name} of ${target.pod} ${this.isNot ? 'not ' : ''}to be ${value === undefined ? 'set' : JSON.stringify(value)}, found ${JSON.stringify(found ?? 'nothing')}`,
        ),
    }
  },
})

export type { ManifestMatchers, Manifests } from './manifest-matchers.ts'
export { expect }

/** A failure with what repeats it. Values of Secrets are masked in it, unless PODSIM_REVEAL asks for them: logs of CI are read by many. */
function told(sim: Sim, failure: string): string {
  const reveal = process.env.PODSIM_REVEAL !== undefined
  const { seed, journal } = sim
  const redaction = createRedaction({ seed, reveal, journal, secrets: () => sim.list('Secret') })
  return `seed ${seed}, at ${sim.now()} ms, digest ${journal.digest()}: ${redaction.text(failure)}`
}

function shown({ status }: Pod): {
  readonly phase: string | undefined
  readonly ready: boolean
  readonly reasons: readonly string[]
} {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  return {
    phase: status?.phase,
    ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    reasons: statuses
      .flatMap(({ state }) => [state?.waiting?.reason, state?.terminated?.reason])
      .filter((reason) => reason !== undefined),
  }
}
