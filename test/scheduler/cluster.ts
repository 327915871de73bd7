import type { Event, Node, Pod } from '../../src/api/types/core.ts'
import type { KubeList, KubeObject, ResourceRef } from '../../src/api/types/meta.ts'
import { priorityPlugin } from '../../src/apiserver/admission/plugins/priority.ts'
import { bootstrapPolicy } from '../../src/apiserver/auth/bootstrap-policy.ts'
import { createAuthorization } from '../../src/apiserver/auth/create-authorization.ts'
import { createApiServer } from '../../src/apiserver/create-api-server.ts'
import { kindStrategies } from '../../src/apiserver/registry/kinds/all.ts'
import { type Client, resources } from '../../src/client/client.ts'
import { createClient } from '../../src/client/in-process-client.ts'
import { createLink, type LinkLatencies } from '../../src/client/link.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { createScheduler } from '../../src/scheduler/scheduler.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'

const admin = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }

/** A server with its default policy and a scheduler, a few ms apart, without anything else. */
export function testCluster(minor = 18, latencies: LinkLatencies = { request: { kind: 'fixed', ms: 2 } }) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const journal = createJournal<ClusterRecord>(kernel, 'summary')
  const random = createRandomStreams('scheduler')
  const gates = resolveFeatureGates(minor)
  const authorization = createAuthorization({ kernel, minor, gates })
  const server = createApiServer({
    kernel,
    calendar,
    journal,
    random,
    minor,
    gates,
    authorizers: [authorization.authorizer],
    observers: [authorization.observe],
    admission: [priorityPlugin],
    strategies: kindStrategies,
  })
  const policy = bootstrapPolicy(minor)
  const rbac = (resource: string) => ({ group: 'rbac.authorization.k8s.io', version: 'v1', resource })
  for (const role of policy.clusterRoles) server.seed(rbac('clusterroles'), role)
  for (const binding of policy.clusterRoleBindings) server.seed(rbac('clusterrolebindings'), binding)
  const link = createLink({ kernel, random: random.stream('link'), latencies })
  const client: Client = createClient({
    server,
    user: { name: 'system:kube-scheduler', groups: ['system:authenticated'] },
    link,
    minor,
  })
  const scheduler = createScheduler({ kernel, calendar, journal, random, client, minor, host: 'test' })
  const send = (verb: 'create' | 'update' | 'delete', resource: ResourceRef, place: object) => {
    const answer = server.handle({ user: admin, verb, resource, ...place })
    if (!answer.ok) throw new Error(answer.status.message)
    return answer.object
  }
  const get = <T extends KubeObject>(resource: ResourceRef, name: string, namespace?: string): T | undefined => {
    const scope = namespace === undefined ? {} : { namespace }
    const answer = server.handle({ user: admin, verb: 'get', resource, name, ...scope })
    return answer.ok ? (answer.object as T) : undefined // the resource says the type
  }
  return {
    kernel,
    journal,
    scheduler,
    server,
    advance: (ms: number) => kernel.runUntil(kernel.now() + ms),
    create: (resource: ResourceRef, body: object, namespace?: string) =>
      send('create', resource, namespace === undefined ? { body } : { body, namespace }),
    update: (resource: ResourceRef, object: KubeObject) => {
      const { name, namespace } = object.metadata
      return send('update', resource, { body: object, name, ...(namespace === undefined ? {} : { namespace }) })
    },
    remove: (resource: ResourceRef, name: string, namespace?: string, gracePeriodSeconds = 0) =>
      send('delete', resource, {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        delete: { gracePeriodSeconds },
      }),
    pod: (name: string, namespace = 'default') => get<Pod>(resources.pods, name, namespace),
    node: (name: string) => get<Node>(resources.nodes, name),
    events(namespace = 'default'): readonly Event[] {
      const answer = server.handle({ user: admin, verb: 'list', resource: resources.events, namespace })
      return answer.ok ? (answer.object as unknown as KubeList<Event>).items : [] // a list of that resource
    },
  }
}

export function node(name: string, allocatable: Readonly<Record<string, string>> = {}, rest: object = {}): Node {
  const list = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi', ...allocatable }
  const labels = { 'kubernetes.io/hostname': name }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    status: { capacity: list, allocatable: list },
    ...rest,
  }
}

export function pod(name: string, requests?: Readonly<Record<string, string>>, spec: object = {}): Pod {
  const resourcesOf = requests === undefined ? {} : { resources: { requests } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'redis', ...resourcesOf }], ...spec },
  }
}
