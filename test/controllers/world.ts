import type { Event } from '../../src/api/types/core.ts'
import type { KubeList, KubeObject, ResourceRef } from '../../src/api/types/meta.ts'
import { createApiServer } from '../../src/apiserver/create-api-server.ts'
import { kindStrategies } from '../../src/apiserver/registry/kinds/all.ts'
import { resources } from '../../src/client/client.ts'
import { createClient } from '../../src/client/in-process-client.ts'
import { createLink } from '../../src/client/link.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createControllerManager } from '../../src/controllers/manager.ts'
import type { ControllerOptions } from '../../src/controllers/options.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal, type JournalLevel } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'

/** What such a world begins with. */
export interface WorldOptions {
  readonly minor?: number
  readonly options?: Partial<ControllerOptions>
  readonly seed?: string
  /** For who reads it. */
  readonly journal?: JournalLevel
}

/** An API server with the controllers and nothing else: whoever is not a controller is played by the test. */
export function createWorld({ minor = 18, options = {}, seed = 'world', journal: level = 'off' }: WorldOptions = {}) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const journal = createJournal<ClusterRecord>(kernel, level)
  const random = createRandomStreams(seed)
  const gates = resolveFeatureGates(minor)
  const server = createApiServer({
    kernel,
    calendar,
    journal,
    random,
    minor,
    gates,
    authorizers: [],
    admission: [],
    strategies: kindStrategies,
  })
  const link = createLink({ kernel, random: random.stream('link') })
  const clientFor = (name: string) => createClient({ server, user: { name, groups: [] }, link, minor })
  const manager = createControllerManager({ kernel, calendar, journal, random, clientFor, minor, gates, options })
  const user = { name: 'admin', groups: ['system:masters'] }

  const ask = (request: Omit<Parameters<typeof server.handle>[0], 'user'>): KubeObject => {
    const answer = server.handle({ user, ...request })
    if (!answer.ok) throw new Error(answer.status.message)
    return answer.object as KubeObject
  }
  const world = {
    kernel,
    server,
    link,
    manager,
    journal,
    wait: (seconds: number) => kernel.runUntil(kernel.now() + Math.round(seconds * 1000)),
    create<T extends KubeObject>(resource: ResourceRef, body: object): T {
      const { namespace } = (body as KubeObject).metadata
      return ask({ verb: 'create', resource, body, ...(namespace === undefined ? {} : { namespace }) }) as T
    },
    get<T extends KubeObject>(resource: ResourceRef, name: string, namespace?: string): T | undefined {
      const answer = server.handle({
        user,
        verb: 'get',
        resource,
        name,
        ...(namespace === undefined ? {} : { namespace }),
      })
      return answer.ok ? (answer.object as T) : undefined
    },
    list<T extends KubeObject>(resource: ResourceRef, namespace?: string): readonly T[] {
      const scope = namespace === undefined ? {} : { namespace }
      return (ask({ verb: 'list', resource, ...scope, list: scope }) as unknown as KubeList<T>).items
    },
    patch<T extends KubeObject>(
      resource: ResourceRef,
      name: string,
      body: object,
      where: { namespace?: string; subresource?: string } = {},
    ): T {
      return ask({ verb: 'patch', resource, name, body, patchType: 'application/merge-patch+json', ...where }) as T
    },
    remove(resource: ResourceRef, name: string, namespace?: string, options: object = {}) {
      return ask({ verb: 'delete', resource, name, delete: options, ...(namespace === undefined ? {} : { namespace }) })
    },
    namespace: (name: string) =>
      world.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    events: (namespace: string) =>
      world.list<Event>(resources.events, namespace).map(({ type, reason, message, count, involvedObject }) => ({
        type,
        reason,
        message,
        count,
        on: `${involvedObject.kind}/${involvedObject.name}`,
      })),
  }
  return world
}

export type World = ReturnType<typeof createWorld>
