import { describe, expect, test } from 'vitest'
import { kindStrategies } from '../../src/apiserver/registry/kinds/all.ts'
import { admin, newApiServer } from './new-api-server.ts'

/** What Pods of later versions are refused for, as pkg/apis/core/validation/validation.go of these versions says it. */

type Part = Readonly<Record<string, unknown>>
type Row = readonly [what: string, minor: number, spec: Part, told: string | undefined]

const main = { name: 'm', image: 'i' }
const probe = { exec: { command: ['true'] } }
const init = (more: Part): Part => ({ initContainers: [{ name: 'a', image: 'i', ...more }] })
const one = (more: Part): Part => ({ containers: [{ ...main, ...more }] })

function servers() {
  const made = new Map<number, ReturnType<typeof newApiServer>['server']>()
  return (minor: number) => {
    const known = made.get(minor) ?? newApiServer({ minor, strategies: kindStrategies }).server
    made.set(minor, known)
    return known
  }
}

/** The answer to a Pod of which only what is told is looked at: its message without the name, or the spec that was made. */
function sender() {
  const serverOf = servers()
  return (minor: number, spec: Part, labels: Part = {}): { readonly message?: string; readonly spec?: Part } => {
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels },
      spec: { containers: [main], ...spec },
    }
    const answer = serverOf(minor).http({
      user: admin,
      method: 'POST',
      path: '/api/v1/namespaces/default/pods?dryRun=All',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if ('read' in answer) throw new Error('a create came as a stream')
    const told: { message?: string; spec?: Part } = JSON.parse(answer.body)
    return told
  }
}

const always = { restartPolicy: 'Always' }
const rows: readonly Row[] = [
  [
    'a probe of an init container',
    25,
    init({ livenessProbe: probe }),
    'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers',
  ],
  [
    'a hook of an init container',
    28,
    init({ lifecycle: { preStop: probe } }),
    'spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
  ],
  [
    'probes of a sidecar',
    29,
    init({
      ...always,
      startupProbe: probe,
      livenessProbe: probe,
      readinessProbe: probe,
      lifecycle: { preStop: probe },
    }),
    undefined,
  ],
  [
    'a wrong probe of a sidecar',
    29,
    init({ ...always, startupProbe: { ...probe, successThreshold: 2 } }),
    'spec.initContainers[0].startupProbe.successThreshold: Invalid value: 2: must be 1',
  ],
  [
    'another policy of an init container',
    34,
    init({ restartPolicy: 'Never' }),
    'spec.initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  [
    'a policy of a regular container',
    29,
    one(always),
    'spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers',
  ],
  ['a policy of a regular container', 35, one({ restartPolicy: 'Never' }), undefined],
  [
    'an unknown policy',
    35,
    one({ restartPolicy: 'Once' }),
    'spec.containers[0].restartPolicy: Unsupported value: "Once": supported values: "Always", "Never", "OnFailure"',
  ],
  [
    'rules without a policy',
    35,
    one({ restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [3] } }] }),
    'spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used',
  ],
  [
    'an action that comes later',
    35,
    one({
      restartPolicy: 'Never',
      restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [3] } }],
    }),
    'spec.containers[0].restartPolicyRules[0].action: Unsupported value: "RestartAllContainers": supported values: "Restart"',
  ],
  [
    'a rule without codes',
    36,
    one({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] }),
    'spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified',
  ],
  [
    'no message policy but another',
    25,
    one({ terminationMessagePolicy: 'X' }),
    'spec.containers[0].terminationMessagePolicy: Unsupported value: "X": supported values: "File", "FallbackToLogsOnError"',
  ],
  [
    'a grace period of a readiness probe',
    25,
    one({ readinessProbe: { ...probe, terminationGracePeriodSeconds: 5 } }),
    'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes',
  ],
  [
    'no grace period of a liveness probe',
    25,
    one({ livenessProbe: { ...probe, terminationGracePeriodSeconds: 0 } }),
    'spec.containers[0].livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
  ],
  [
    'a port of grpc',
    24,
    one({ livenessProbe: { grpc: { port: 70_000 } } }),
    'spec.containers[0].livenessProbe.grpc.port: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [
    'a long sleep',
    30,
    one({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
    'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be greater than 0 and less than terminationGracePeriodSeconds (30)',
  ],
  [
    'a sleep of 0 s',
    32,
    one({ lifecycle: { preStop: { sleep: { seconds: 0 } } } }),
    'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 0: must be greater than 0 and less than terminationGracePeriodSeconds (30). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.',
  ],
  ['a sleep of 0 s', 33, one({ lifecycle: { preStop: { sleep: { seconds: 0 } } } }), undefined],
  [
    'a sleep of less',
    33,
    one({ lifecycle: { preStop: { sleep: { seconds: -1 } } } }),
    'spec.containers[0].lifecycle.preStop.sleep: Invalid value: -1: must be non-negative and less than terminationGracePeriodSeconds (30)',
  ],
  [
    'a resize policy of a Pod that ends',
    33,
    { restartPolicy: 'Never', ...one({ resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }) },
    "spec.containers[0].resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` is 'Never'",
  ],
  [
    'a resize policy of what is not resized',
    36,
    one({ resizePolicy: [{ resourceName: 'disk', restartPolicy: 'NotRequired' }] }),
    'spec.containers[0].resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"',
  ],
  [
    'gates twice',
    27,
    { schedulingGates: [{ name: 'x.io/a' }, { name: 'x.io/a' }] },
    'spec.schedulingGates[1]: Duplicate value: "x.io/a"',
  ],
  [
    'domains of a loose constraint',
    27,
    {
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 }],
    },
    'spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
  ],
  [
    'keys without a selector',
    27,
    {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['a'] },
      ],
    },
    'spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
  ],
  [
    'a policy of taints',
    26,
    {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'X' },
      ],
    },
    'spec.topologySpreadConstraints[0].nodeTaintsPolicy: Unsupported value: "X": supported values: "Honor", "Ignore"',
  ],
  [
    'own users in the network of the node',
    33,
    { hostUsers: false, hostNetwork: true },
    'spec.hostNetwork: Forbidden: when `hostUsers` is false',
  ],
  [
    'another hostname in the network of the node',
    35,
    { hostnameOverride: 'a', hostNetwork: true },
    'spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true',
  ],
  [
    'an unknown system',
    24,
    { os: { name: 'plan9' } },
    'spec.os: Unsupported value: "plan9": supported values: "linux", "windows"',
  ],
  [
    'options of the other system',
    24,
    { os: { name: 'linux' }, securityContext: { windowsOptions: { runAsUserName: 'x' } } },
    'spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
  ],
]

describe('what Pods of later versions are refused for', () => {
  const send = sender()
  test.each(rows)('%s in v1.%i', (_what, minor, spec, told) => {
    const { message } = send(minor, spec)
    expect(message).toBe(told === undefined ? undefined : `Pod "p" is invalid: ${told}`)
  })

  test('values of labels become part of selectors: of affinity from v1.31, of spreading from v1.34 on', () => {
    const term = { topologyKey: 'z', labelSelector: { matchLabels: { app: 'a' } }, matchLabelKeys: ['rev', 'none'] }
    const spec = {
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...term, mismatchLabelKeys: ['team'] }] },
      },
      topologySpreadConstraints: [{ ...term, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }],
    }
    const rev = { key: 'rev', operator: 'In', values: ['7'] }
    const selectors = (minor: number) => {
      const text = JSON.stringify(send(minor, spec, { rev: '7', team: 't' }).spec)
      return [...text.matchAll(/"matchExpressions":(\[.*?\}\])/g)].map(([, list = '']): unknown => JSON.parse(list))
    }
    const affine = [rev, { key: 'team', operator: 'NotIn', values: ['t'] }]
    expect(selectors(30)).toEqual([])
    expect(selectors(31)).toEqual([affine])
    expect(selectors(34)).toEqual([affine, [rev]])
  })
})
