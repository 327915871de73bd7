import type { Pod } from '../../src/api/types/core.ts'
import { resources } from '../../src/client/client.ts'
import { defaultEpochMs, rfc3339 } from '../../src/kernel/calendar.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

/** A world of controllers with a namespace `a` and one node without a kubelet: what one would do with Pods is played. */

/** Of every template. */
export const container = { name: 'c', image: 'x' }
/** A template of Pods that need no scheduler. */
export const template = (app: string, extra: object = {}) => ({
  metadata: { labels: { app } },
  spec: { nodeName: 'n', containers: [container], ...extra },
})

/** The controllers run; what only waits for lost nodes is switched off. */
export function start(given: Pick<WorldOptions, 'minor' | 'seed' | 'journal'> = {}): World {
  const world = createWorld({ ...given, options: { disabled: ['podgc', 'nodelifecycle'] } })
  world.namespace('a')
  world.manager.start()
  world.wait(1)
  return world
}

/** Those that are not being deleted. */
export const pods = (world: World) =>
  world.list<Pod>(resources.pods, 'a').filter(({ metadata }) => metadata.deletionTimestamp === undefined)
/** Their names, in order. */
export const names = (world: World) =>
  pods(world)
    .map(({ metadata }) => metadata.name)
    .sort()

/** As a kubelet would report it. */
export function setPhase(world: World, name: string, phase: string): void {
  const lastTransitionTime = rfc3339(defaultEpochMs + world.kernel.now())
  const status = phase === 'Running' ? 'True' : 'False'
  const body = { status: { phase, conditions: [{ type: 'Ready', status, lastTransitionTime }] } }
  world.patch(resources.pods, name, body, { namespace: 'a', subresource: 'status' })
}

/** Nodes start what is pending and let go what is being deleted. */
export function play(world: World, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    world.wait(1)
    for (const { metadata, status } of world.list<Pod>(resources.pods, 'a')) {
      if (metadata.deletionTimestamp !== undefined)
        world.remove(resources.pods, metadata.name, 'a', { gracePeriodSeconds: 0 })
      else if (status?.phase === 'Pending') setPhase(world, metadata.name, 'Running')
    }
  }
}
