import { describe, expect, test } from 'vitest'
import { createSim } from '../../../src/index.ts'

type Version = NonNullable<NonNullable<Parameters<typeof createSim>[0]>['version']>

/** What the API server makes of workloads by version: the other versions of what recorded-v1.23.test.ts plays. */

interface Answer {
  readonly code: number
  readonly body: {
    readonly message?: string
    readonly metadata?: {
      readonly generation?: number
      readonly ownerReferences?: unknown
      readonly managedFields?: unknown
    }
    readonly spec?: { readonly updateStrategy?: unknown; readonly volumeClaimTemplates?: unknown }
    readonly status?: unknown
  }
}

const template = {
  metadata: { labels: { a: 'b' } },
  spec: { containers: [{ name: 'c', image: 'i' }] },
}
const runOnce = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } }
const set = { selector: { matchLabels: { a: 'b' } }, template }

function server(version: Version) {
  const sim = createSim({ journal: 'off', version, nodes: 1 })
  sim.runFor('30s')
  return (path: string, object: object, method = 'POST', name = ''): Answer => {
    const group = path === 'podtemplates' || path === 'secrets' ? '/api/v1' : '/apis'
    const [collection = '', apiVersion] = path.split('@')
    const root = apiVersion === undefined ? group : `${group}/${apiVersion}`
    const answer = sim.request({
      method,
      path: `${root}/namespaces/default/${collection}${name}`,
      user: 'admin',
      groups: ['system:masters', 'system:authenticated'],
      contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      body: JSON.stringify(object),
    })
    return { code: answer.code, body: JSON.parse('body' in answer ? answer.body : '{}') as Answer['body'] } // as much of it as is asked
  }
}

const named = (name: string) => ({ metadata: { name } })

describe('generations', () => {
  const generations = (version: Version) => {
    const ask = server(version)
    const made = ask('podtemplates', { ...named('t'), template })
    const job = ask('jobs@batch/v1', { ...named('j'), spec: { template: runOnce } })
    const changed = { template: { spec: { hostNetwork: true } } }
    const patched = ask('podtemplates', changed, 'PATCH', '/t')
    return [made, job, patched].map(({ body }) => body.metadata?.generation)
  }

  test('Jobs and PodTemplates count changes from v1.22 on', () => {
    expect(generations('v1.21')).toEqual([undefined, undefined, undefined])
    expect(generations('v1.22')).toEqual([1, 1, 2])
  })
})

describe('StatefulSets', () => {
  const made = (version: Version) => {
    const claim = {
      ...named('data'),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }
    const spec = { ...set, serviceName: 's', replicas: 0, volumeClaimTemplates: [claim] }
    return server(version)('statefulsets@apps/v1', { ...named('s'), spec }).body
  }

  test('claims are told with their kind, and what is available from v1.23 on', () => {
    const kind = { kind: 'PersistentVolumeClaim', apiVersion: 'v1' }
    expect(made('v1.18').spec?.volumeClaimTemplates).toMatchObject([kind])
    expect(made('v1.22').status).toEqual({ replicas: 0 })
    expect(made('v1.23').status).toEqual({ replicas: 0, availableReplicas: 0 })
  })
})

describe('DaemonSets', () => {
  const strategy = (version: Version) =>
    server(version)('daemonsets@apps/v1', { ...named('d'), spec: set }).body.spec?.updateStrategy

  test('have a maxSurge from v1.22 on', () => {
    expect(strategy('v1.21')).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } })
    expect(strategy('v1.22')).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } })
  })
})

describe('CronJobs', () => {
  const refused = (version: Version, api: string) => {
    const spec = { schedule: '1 2', jobTemplate: { spec: { template: runOnce } } }
    return server(version)(`cronjobs@${api}`, { ...named('c'), spec }).body.message
  }

  test('schedules are refused in the words of the library of the version', () => {
    const start = 'CronJob.batch "c" is invalid: spec.schedule: Invalid value: "1 2": '
    expect(refused('v1.18', 'batch/v1beta1')).toBe(`${start}Expected exactly 5 fields, found 2: 1 2`)
    expect(refused('v1.23', 'batch/v1')).toBe(`${start}expected exactly 5 fields, found 2: [1 2]`)
  })
})

describe('Secrets', () => {
  const refused = (version: Version) =>
    server(version)('secrets', { ...named('s'), type: 'kubernetes.io/ssh-auth' }).body.message

  test('missing keys are named with the verb of a format before v1.24', () => {
    expect(refused('v1.23')).toBe('Secret "s" is invalid: data[%s][ssh-privatekey]: Required value')
    expect(refused('v1.24')).toBe('Secret "s" is invalid: data[ssh-privatekey]: Required value')
  })
})

describe('owners', () => {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true }

  test('one that is named again is kept once from v1.20 on, and refused before', () => {
    const make = (version: Version) =>
      server(version)('secrets', { metadata: { name: 's', ownerReferences: [owner, owner] } })
    expect(make('v1.19').code).toBe(422)
    expect(make('v1.20').body.metadata?.ownerReferences).toEqual([owner])
  })

  test.each(['v1.23', 'v1.36'] as const)('an apiVersion with two slashes has no version (%s)', (version) => {
    const wrong = { ...owner, apiVersion: 'a/b/c' }
    const { message } = server(version)('secrets', { metadata: { name: 's', ownerReferences: [wrong] } }).body
    const field = 'metadata.ownerReferences.apiVersion'
    expect(message).toBe(`Secret "s" is invalid: ${field}: Invalid value: "a/b/c": version must not be empty`)
  })
})

describe('managed fields', () => {
  test('what a ControllerRevision holds has one owner', () => {
    const made = server('v1.23')('controllerrevisions@apps/v1', { ...named('r'), data: { a: 1 }, revision: 1 })
    expect(made.body.metadata?.managedFields).toMatchObject([{ fieldsV1: { 'f:data': {} } }])
    expect(JSON.stringify(made.body)).not.toContain('f:a')
  })
})
