import { describe, expect, test } from 'vitest'
import { violations } from '../../../src/apiserver/admission/pod-security/checks.ts'
import { type Level, policyOf } from '../../../src/apiserver/admission/pod-security/policy.ts'
import type { SecuredPod } from '../../../src/apiserver/admission/pod-security/secured.ts'
import { createSim } from '../../../src/index.ts'

/** What a policy says of a Pod's spec. */
function said(level: Level, spec: object, minor: number | undefined = undefined, server = 36, annotations = {}) {
  const pod = { metadata: { annotations }, spec } as SecuredPod // as far as each row says
  return violations({ level, minor }, pod, server).map(({ reason, detail }) => `${reason} (${detail})`)
}

const of = (name: string, securityContext: object = {}) => ({ name, image: 'i', securityContext })
const ofPod = (securityContext: object) => ({ securityContext, containers: [of('a')] })
const right = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    of('a', { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
  ],
}

/** Words of pod-security-admission's policy/check_*.go and of their tests. */
type Row = [spec: object, ...words: string[]]

const forbidden: readonly Row[] = [
  [right],
  [{ hostIPC: true, hostPID: true, containers: [] }, 'host namespaces (hostPID=true, hostIPC=true)'],
  [
    {
      containers: [
        { ...of('a'), ports: [{ hostPort: 80 }] },
        { ...of('b'), ports: [{ hostPort: 0 }, { hostPort: 9 }] },
      ],
    },
    'hostPort (containers "a", "b" use hostPorts 80, 9)',
  ],
  [
    {
      volumes: [
        { name: 'a', hostPath: {} },
        { name: 'b', emptyDir: {} },
        { name: 'c', nfs: {} },
      ],
    },
    'hostPath volumes (volume "a")',
  ],
  [
    {
      initContainers: [of('i', { privileged: true })],
      containers: [of('a')],
      ephemeralContainers: [of('e', { privileged: true })],
    },
    'privileged (containers "i", "e" must not set securityContext.privileged=true)',
  ],
  [
    { containers: [of('a', { capabilities: { add: ['CHOWN', 'SYS_TIME', 'NET_RAW'] } }), of('b')] },
    'non-default capabilities (container "a" must not include "NET_RAW", "SYS_TIME" in securityContext.capabilities.add)',
  ],
  [
    { containers: [of('a', { procMount: 'Unmasked' }), of('b', { procMount: 'Default' })] },
    'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
  [{ hostUsers: false, containers: [of('a', { procMount: 'Unmasked' })] }],
  [
    {
      ...ofPod({ seLinuxOptions: { role: 'r' } }),
      containers: [of('e', { seLinuxOptions: { type: 'bar', user: 'u' } })],
    },
    'seLinuxOptions (pod and container "e" set forbidden securityContext.seLinuxOptions: type "bar"; user may not be set; role may not be set)',
  ],
  [ofPod({ seLinuxOptions: { type: 'container_engine_t' } })],
  [
    {
      ...ofPod({ seccompProfile: { type: 'Unconfined' } }),
      containers: [of('a', { seccompProfile: { type: 'Localhost' } })],
    },
    'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    ofPod({ sysctls: [{ name: 'net.ipv4.tcp_rmem' }, { name: 'kernel.msgmax' }, { name: 'fs.mqueue.x' }] }),
    'forbidden sysctls (kernel.msgmax, fs.mqueue.x)',
  ],
  [
    {
      ...ofPod({ windowsOptions: { hostProcess: true } }),
      containers: [of('a', { windowsOptions: { hostProcess: true } })],
    },
    'hostProcess (pod and container "a" must not set securityContext.windowsOptions.hostProcess=true)',
  ],
  [
    { containers: [of('foo', { appArmorProfile: { type: 'Unconfined' } })] },
    'forbidden AppArmor profile (container "foo" must not set AppArmor profile type to "Unconfined")',
  ],
  [
    {
      containers: [
        {
          ...of('a'),
          livenessProbe: { httpGet: { host: 'b.example' } },
          lifecycle: { preStop: { tcpSocket: { host: 'a.example' } } },
        },
      ],
    },
    'probe or lifecycle host (container "a" uses probe or lifecycle hosts "a.example", "b.example")',
  ],
]

test.each(forbidden)('baseline on %j', (spec, ...words) => {
  expect(said('baseline', spec)).toEqual(words)
})

describe('what restricted asks for beyond that', () => {
  test.each<[spec: object, ...words: string[]]>([
    [right],
    [
      {
        ...right,
        containers: [
          of('a'),
          of('b', { capabilities: { drop: ['ALL'], add: ['CHOWN'] }, allowPrivilegeEscalation: true }),
        ],
      },
      'allowPrivilegeEscalation != false (containers "a", "b" must set securityContext.allowPrivilegeEscalation=false)',
      'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]; container "b" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      {
        ...right,
        volumes: [{ name: 's', secret: {} }, { name: 'c', csi: {} }, { name: 'h', hostPath: {} }, { name: 'x' }],
      },
      'restricted volume types (volumes "h", "x" use restricted volume types "hostPath", "unknown")',
    ],
    [
      { ...right, securityContext: { runAsUser: 0, seccompProfile: { type: 'Localhost' } } },
      'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)',
      'runAsUser=0 (pod must not set runAsUser=0)',
    ],
    [
      { ...right, securityContext: { runAsNonRoot: false, seccompProfile: { type: 'Localhost' } }, hostUsers: true },
      'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)',
    ],
    [{ ...right, securityContext: { runAsUser: 0, seccompProfile: { type: 'Localhost' } }, hostUsers: false }],
    [
      { ...right, securityContext: { runAsNonRoot: true } },
      'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [{ ...right, os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [of('a')] }],
  ])('%j', (spec, ...words) => {
    expect(said('restricted', spec)).toEqual(words)
  })
})

test('an older policy asks for what was known then, a newer one for what the server knows', () => {
  const raw = { containers: [of('a', { capabilities: { add: ['NET_RAW'] } })] }
  const reasons = (minor: number | undefined, server: number) =>
    said('restricted', raw, minor, server).map((text) => text.replace(/ \(.*/, ''))
  expect(reasons(7, 36)).toEqual(['non-default capabilities', 'runAsNonRoot != true'])
  expect(reasons(20, 36)).toEqual([
    'non-default capabilities',
    'allowPrivilegeEscalation != false',
    'runAsNonRoot != true',
    'seccompProfile',
  ])
  expect(reasons(99, 23)).toEqual(reasons(undefined, 23))
  const seen = (minor: number, spec: object) => said('baseline', spec, minor).length
  expect(
    [26, 27].map((minor) => seen(minor, ofPod({ sysctls: [{ name: 'net.ipv4.ip_local_reserved_ports' }] }))),
  ).toEqual([1, 0])
  expect([30, 31].map((minor) => seen(minor, ofPod({ seLinuxOptions: { type: 'container_engine_t' } })))).toEqual([
    1, 0,
  ])
  expect([18, 19].map((minor) => seen(minor, ofPod({ seccompProfile: { type: 'Unconfined' } })))).toEqual([0, 1])
  expect(
    [33, 34].map((minor) => seen(minor, { containers: [{ ...of('a'), readinessProbe: { httpGet: { host: 'h' } } }] })),
  ).toEqual([0, 1])
})

test('profiles that are annotations', () => {
  const annotations = {
    'container.apparmor.security.beta.kubernetes.io/a': 'unconfined',
    'container.apparmor.security.beta.kubernetes.io/b': 'localhost/x',
    'seccomp.security.alpha.kubernetes.io/pod': 'unconfined',
  }
  const spec = { containers: [of('a'), of('b')] }
  expect(said('baseline', spec, 18, 23, annotations)).toEqual([
    'forbidden AppArmor profile (container.apparmor.security.beta.kubernetes.io/a="unconfined")',
    'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
  ])
  expect(said('baseline', spec, 36, 36, annotations)).toEqual([
    'forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/a="unconfined"")',
  ])
})

test('labels that nobody knows are wrong, and count as the strictest where they are enforced', () => {
  const prefix = 'pod-security.kubernetes.io/'
  const { policy, errors } = policyOf({
    [`${prefix}enforce`]: 'x',
    [`${prefix}warn`]: 'y',
    [`${prefix}audit-version`]: '1.2',
  })
  expect([policy.enforce.level, policy.warn.level]).toEqual(['restricted', 'privileged'])
  expect(errors.map(({ field }) => field)).toEqual(
    ['enforce', 'audit-version', 'warn'].map((key) => `metadata.labels[${prefix}${key}]`),
  )
})

describe('in a cluster', () => {
  const namespace = (labels: object) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', labels } })
  const enforced = (level: string) => namespace({ 'pod-security.kubernetes.io/enforce': level })
  const pod = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n' },
    spec: { containers: [{ name: 'c', image: 'busybox' }] },
  })

  test('v1.36: what is running is warned of, what comes is refused, and who makes Pods tells', () => {
    const sim = createSim({ seed: 'secured', version: 'v1.36', nodes: 1 })
    sim.apply(enforced('baseline'))
    sim.runFor('5s')
    sim.apply(pod('b'), pod('a'))
    const relabelled = sim.kubectl('label ns n pod-security.kubernetes.io/enforce=restricted --overwrite'.split(' '))
    const short = 'allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile'
    expect(relabelled.stderr).toBe(
      `Warning: existing pods in namespace "n" violate the new PodSecurity enforce level "restricted:latest"\nWarning: a (and 1 other pod): ${short}\n`,
    )
    const refused = sim.kubectl('run c --image=busybox -n n'.split(' '))
    expect(refused.stderr).toMatch(
      /^Error from server \(Forbidden\): pods "c" is forbidden: violates PodSecurity "restricted:latest": allow/,
    )
    expect(sim.kubectl('label pod a -n n x=y'.split(' ')).exitCode).toBe(0)
    expect(sim.kubectl('set image pod/a c=other -n n'.split(' ')).exitCode).toBe(1)
    sim.kubectl('create deployment d --image=busybox -n n'.split(' '))
    sim.runFor('5s')
    expect(sim.events({ namespace: 'n', reason: 'FailedCreate' })[0]?.message).toMatch(
      /^Error creating: pods "d-\w+-\w+" is forbidden: violates PodSecurity/,
    )
    expect(sim.kubectl('label ns n pod-security.kubernetes.io/warn=strict'.split(' ')).stderr).toContain(
      'metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    )
  })

  test('v1.22: labels say nothing yet', () => {
    const sim = createSim({ seed: 'secured', version: 'v1.22', nodes: 1 })
    sim.apply(enforced('restricted'))
    sim.runFor('5s')
    expect(sim.kubectl('run c --image=busybox -n n'.split(' ')).exitCode).toBe(0)
  })
})
