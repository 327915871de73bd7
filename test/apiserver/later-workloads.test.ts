import { describe, expect, test } from 'vitest'
import { kindStrategies } from '../../src/apiserver/registry/kinds/all.ts'
import { admin, newApiServer } from './new-api-server.ts'

/** What Jobs and StatefulSets of later versions are refused for, as pkg/apis/batch and pkg/apis/apps of these versions say it. */

type Part = Readonly<Record<string, unknown>>
type Row = readonly [what: string, minor: number, spec: Part, told: string | undefined]

const container = { name: 'm', image: 'i' }

function sender(path: string) {
  const made = new Map<number, ReturnType<typeof newApiServer>['server']>()
  return (minor: number, method: string, name: string, body: unknown, type = 'application/json') => {
    const server = made.get(minor) ?? newApiServer({ minor, strategies: kindStrategies }).server
    made.set(minor, server)
    const headers = { 'content-type': type }
    const answer = server.http({ user: admin, method, path: `${path}${name}`, headers, body: JSON.stringify(body) })
    if ('read' in answer) throw new Error('it came as a stream')
    const told: { message?: string } = JSON.parse(answer.body)
    return told.message
  }
}

const jobs = sender('/apis/batch/v1/namespaces/default/jobs')
const job = (spec: Part): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } }, ...spec },
})
const indexed = (more: Part): Part => ({ completionMode: 'Indexed', completions: 3, ...more })
const wins = (...rules: Part[]): Part => indexed({ successPolicy: { rules } })
const rule = 'spec.successPolicy.rules[0]'

const jobRows: readonly Row[] = [
  [
    'a manager without a domain',
    32,
    { managedBy: 'x' },
    'spec.managedBy: Invalid value: "x": must be a domain-prefixed path (such as "acme.io/foo")',
  ],
  ['a manager', 32, { managedBy: 'acme.io/queue' }, undefined],
  ['a manager before there were any', 31, { managedBy: 'x' }, undefined],
  [
    'rules that win without indexes',
    33,
    { successPolicy: { rules: [{ succeededCount: 1 }] } },
    'spec.successPolicy: Invalid value: batch.SuccessPolicy{Rules:[]batch.SuccessPolicyRule{batch.SuccessPolicyRule{SucceededIndexes:(*string)(nil), SucceededCount:(*int32)(0xc000000000)}}}: requires indexed completion mode',
  ],
  [
    'rules that win without indexes',
    34,
    { successPolicy: { rules: [{ succeededCount: 1 }] } },
    'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode',
  ],
  [
    'more than there are',
    31,
    wins({ succeededCount: 5 }),
    `${rule}.succeededCount: Invalid value: 5: must be less than or equal to 3 (the number of specified completions)`,
  ],
  [
    'more than are named',
    31,
    wins({ succeededCount: 3, succeededIndexes: '0-1' }),
    `${rule}.succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)`,
  ],
  [
    'an index too large',
    31,
    wins({ succeededIndexes: '0-7' }),
    `${rule}.succeededIndexes: Invalid value: "0-7": error parsing succeededIndexes: too large index: "7"`,
  ],
  [
    'no index',
    31,
    wins({ succeededIndexes: 'x' }),
    `${rule}.succeededIndexes: Invalid value: "x": error parsing succeededIndexes: cannot convert string to integer for index: "x"`,
  ],
  [
    'indexes in disorder',
    31,
    wins({ succeededIndexes: '2,1' }),
    `${rule}.succeededIndexes: Invalid value: "2,1": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1`,
  ],
  [
    'three limits',
    31,
    wins({ succeededIndexes: '0-1-2' }),
    `${rule}.succeededIndexes: Invalid value: "0-1-2": error parsing succeededIndexes: the fragment "0-1-2" violates the requirement that an index interval can have at most two parts separated by '-'`,
  ],
  [
    'very many indexes',
    29,
    { ...indexed({ backoffLimitPerIndex: 1, parallelism: 20_000 }), completions: 100_001 },
    '[spec.maxFailedIndexes: Required value: must be specified when completions is above 100000, spec.parallelism: Invalid value: 20000: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index]',
  ],
]

describe('what Jobs of later versions are refused for', () => {
  test.each(jobRows)('%s in v1.%i', (_what, minor, spec, told) => {
    const message = jobs(minor, 'POST', '?dryRun=All', job(spec))
    expect(message).toBe(told === undefined ? undefined : `Job.batch "j" is invalid: ${told}`)
  })

  test('what judges the Pods of a Job is there for good', () => {
    const policy = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [3] } }] }
    expect(jobs(36, 'POST', '', job(indexed({ podFailurePolicy: policy, backoffLimitPerIndex: 1 })))).toBeUndefined()
    const change = { spec: { podFailurePolicy: { rules: [] }, backoffLimitPerIndex: 2, managedBy: 'acme.io/x' } }
    expect(jobs(36, 'PATCH', '/j', change, 'application/merge-patch+json')).toBe(
      'Job.batch "j" is invalid: [spec.podFailurePolicy: Invalid value: {"Rules":[]}: field is immutable, spec.backoffLimitPerIndex: Invalid value: 2: field is immutable, spec.managedBy: Invalid value: "acme.io/x": field is immutable]',
    )
  })

  test('what may change of a template: nothing, where the Pods of a suspended Job go (v1.23), what they take (v1.36)', () => {
    const change = (spec: Part) => ({ spec: { template: { spec } } })
    const type = 'application/strategic-merge-patch+json'
    const resources = { requests: { cpu: '1' } }
    const told = (minor: number, suspend: boolean, spec: Part): boolean => {
      jobs(minor, 'DELETE', '/j', { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' })
      expect(jobs(minor, 'POST', '', job({ suspend }))).toBeUndefined()
      return jobs(minor, 'PATCH', '/j', change(spec), type) === undefined
    }
    const moved = { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists' }] }
    const resized = { containers: [{ name: 'm', resources }] }
    expect([told(23, false, moved), told(22, true, moved), told(23, true, moved)]).toEqual([false, false, true])
    expect([told(35, true, resized), told(36, false, resized), told(36, true, resized)]).toEqual([false, false, true])
    expect(told(36, true, { containers: [{ name: 'm', image: 'other' }] })).toBe(false)
  })
})

const sets = sender('/apis/apps/v1/namespaces/default/statefulsets?dryRun=All')
const set = (spec: Part): object => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 's' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } },
    ...spec,
  },
})
const keep = 'persistentVolumeClaimRetentionPolicy'

const setRows: readonly Row[] = [
  [
    'claims that are sold',
    27,
    { [keep]: { whenDeleted: 'Sell' } },
    `spec.${keep}.whenDeleted: Unsupported value: "Sell": supported values: "Retain", "Delete"`,
  ],
  [
    'a first ordinal below 0',
    27,
    { ordinals: { start: -1 } },
    'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
  ],
  ['a Service that cannot be', 32, { serviceName: 'A_b' }, undefined],
  [
    'a Service that cannot be',
    33,
    { serviceName: 'a.b' },
    'spec.serviceName: Invalid value: "a.b": must not contain dots',
  ],
  [
    'a claim without a size',
    33,
    { volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'] } }] },
    undefined,
  ],
  [
    'a claim without a size',
    34,
    { volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'] } }] },
    'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
  ],
]

describe('what StatefulSets of later versions are refused for', () => {
  test.each(setRows)('%s in v1.%i', (_what, minor, spec, told) => {
    const message = sets(minor, 'POST', '', set(spec))
    expect(message).toBe(told === undefined ? undefined : `StatefulSet.apps "s" is invalid: ${told}`)
  })
})
