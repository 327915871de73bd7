import { beforeAll, describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'
import type { Blocker, CheckReport } from '../../src/check/report.ts'

const container = (more: object = {}) => ({ name: 'c', image: 'corp/app', ...more })
const scripted = (script: string) => ({ name: 'c', image: 'busybox', command: ['sh', '-c', script] })
const pod = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [container()], ...spec },
})
const deployment = (
  name: string,
  { template = {}, ...more }: { readonly template?: { readonly spec?: object }; readonly replicas?: number },
) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...template.spec } },
    ...more,
  },
})
const claimed = (name: string, claimName: string) =>
  pod(name, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] })
const claim = (name: string, storageClassName?: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
  },
})
const storageClass = (name: string, provisioner: string) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
})
const volume = (name: string, storageClassName: string, storage: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: { storageClassName, accessModes: ['ReadWriteOnce'], capacity: { storage }, hostPath: { path: '/srv' } },
})
const termOf = (name: string) => ({
  matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }],
})
const onDisk = (name: string, source: object) => {
  const { spec, ...rest } = volume(name, 'late', '1Gi')
  return { ...rest, spec: { ...spec, hostPath: undefined, claimRef: { namespace: 'default', name }, ...source } }
}
const mounting = (name: string, claimName: string) =>
  pod(name, {
    containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  })
const definition = (name: string, kind: string, more: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name, ...more },
  spec: {
    group: 'corp.example.com',
    scope: 'Namespaced',
    names: { plural: name.split('.')[0], kind },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
})
const custom = (apiVersion: string, kind: string) => ({ apiVersion, kind, metadata: { name: 'x' } })

/** Independent of one another: each shows a cause, or that there is none. */
const objects: readonly object[] = [
  // Claims and what binds them.
  storageClass('fast', 'csi.example.com'),
  storageClass('local', 'kubernetes.io/no-provisioner'),
  volume('small', 'local', '500Mi'),
  volume('large', 'local', '2Gi'),
  ...['default-class', 'fast-class', 'local-class', 'local-again', 'no-class', 'unknown-class', 'known-class'].map(
    (name) => claimed(name, name),
  ),
  claimed('no-claim', 'default-clas'),
  // Volumes that lie on nodes of the user's own.
  { ...storageClass('late', 'kubernetes.io/no-provisioner'), volumeBindingMode: 'WaitForFirstConsumer' },
  onDisk('far', {
    local: { path: '/mnt/disk' },
    nodeAffinity: { required: { nodeSelectorTerms: [termOf('theirs')] } },
  }),
  onDisk('path', { hostPath: { path: '/srv/there', type: 'Directory' } }),
  claim('far', 'late'),
  claim('path', 'late'),
  mounting('far', 'far'),
  mounting('path', 'path'),
  claim('default-class'),
  claim('fast-class', 'fast'),
  claim('local-class', 'local'),
  claim('local-again', 'local'),
  claim('no-class', ''),
  claim('unknown-class', 'gp9'),
  claim('known-class', 'gp3'),
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })] },
      },
      volumeClaimTemplates: [{ ...claim('data'), metadata: { name: 'data' } }],
    },
  },
  // A Job that its own time to live takes away.
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'gone' },
    spec: { ttlSecondsAfterFinished: 0, template: { spec: { restartPolicy: 'Never', containers: [container()] } } },
  },
  // Mounts, init containers, probes.
  pod('no-socket', {
    containers: [container({ volumeMounts: [{ name: 'host', mountPath: '/host' }] })],
    volumes: [{ name: 'host', hostPath: { path: '/var/run/docker.sock', type: 'Socket' } }],
  }),
  pod('endless-init', {
    initContainers: [{ name: 'wait', image: 'busybox', command: ['sh', '-c', 'while true; do sleep 5; done'] }],
  }),
  pod('never-ready', {
    containers: [
      { name: 'c', image: 'busybox', command: ['sleep', '1d'], readinessProbe: { exec: { command: ['false'] } } },
    ],
  }),
  // Programs that end though they should run on: one always, one until it has what it wants.
  pod('ends-well', { containers: [scripted('sleep 1')] }),
  pod('steady', {
    containers: [
      {
        ...scripted('[ -e /d/2 ] && sleep 1d; [ -e /d/1 ] && touch /d/2; touch /d/1; exit 1'),
        volumeMounts: [{ name: 'd', mountPath: '/d' }],
      },
    ],
    volumes: [{ name: 'd', emptyDir: {} }],
  }),
  // What is ended from outside, or never begins.
  pod('unlively', {
    containers: [
      {
        ...scripted('trap "exit 0" TERM; while true; do sleep 1; done'),
        livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, periodSeconds: 5 },
      },
    ],
  }),
  pod('no-file', { containers: [scripted('cat /no/file; sleep 1d & exit 4')] }),
  pod('placed', { nodeName: 'theirs' }),
  // Accounts: one that is misspelt, one that comes too late.
  deployment('typo', { template: { spec: { serviceAccountName: 'buidler' } } }),
  pod('early', { serviceAccountName: 'builder' }),
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'builder' } },
  // What wants no Pods, and what is given again.
  deployment('zero', { replicas: 0 }),
  deployment('again', {}),
  deployment('again', { template: { spec: { containers: [container({ image: 'corp/app:2' })] } } }),
  {
    ...deployment('windows', { template: { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } } }),
    kind: 'DaemonSet',
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'held' },
    spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [container()] } } },
  },
  { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'each-' }, spec: {} },
  pod('hooked', {
    containers: [container({ lifecycle: { postStart: { exec: { command: ['sh', '-c', 'sleep 1; exit 15'] } } } })],
  }),
  pod('no-program', { containers: [{ name: 'c', image: 'busybox', command: ['nosuch'] }] }),
  pod('too-long', { activeDeadlineSeconds: 20, containers: [scripted('sleep 1d')] }),
  pod('benchmark', {
    restartPolicy: 'Never',
    containers: [{ name: 'c', image: 'httpd:2.4', command: ['/usr/local/apache2/bin/ab', '-n', '10', 'http://web/'] }],
  }),
  pod('scratch', {
    containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
    volumes: [
      {
        name: 'data',
        ephemeral: { volumeClaimTemplate: { spec: { ...claim('', 'gp8').spec } } },
      },
    ],
  }),
  // Kinds that somebody defines: here, elsewhere, or not in time.
  definition('known.corp.example.com', 'Known'),
  definition('large.corp.example.com', 'Large', { annotations: { text: 'x'.repeat(300_000) } }),
  custom('corp.example.com/v1', 'Known'),
  custom('corp.example.com/v1', 'Large'),
  custom('gateway.networking.k8s.io/v1', 'Gateway'),
  custom('policy/v1beta1', 'PodSecurityPolicy'),
]
const files = [
  { name: 'all.yaml', text: objects.map((object) => JSON.stringify(object, null, 1)).join('\n---\n') },
  { name: 'values.yaml', text: 'replicas: 2\n' },
  { name: 'broken.yaml', text: 'a: b\n---\n{{- if .Values.x }}\nkind: Secret\n{{- end }}\n' },
]

describe('causes, and what is none', () => {
  let report: CheckReport
  let blocked: ReadonlyMap<string, Blocker>
  beforeAll(() => {
    report = checkManifests(files, { for: '3m', storageClasses: ['gp3'] })
    blocked = new Map(report.blocked.flatMap((each) => each.waits.map(({ workload }) => [workload, each] as const)))
  }, 60_000)
  const summary = (name: string) => blocked.get(`pod default/${name}`)?.summary
  const lineOf = (blocker: Blocker | undefined) => files[0]?.text.split('\n')[(blocker?.place.line ?? 0) - 1]

  test('a claim is bound by a volume that fits, by its class, or by the default class', () => {
    for (const name of ['default-class', 'fast-class', 'local-class', 'known-class', 'far', 'path'])
      expect(summary(name)).toBeUndefined()
    expect(report.started.map(({ workload }) => workload)).toContain('statefulset default/db')
    expect(report.assumed.filter(({ kind }) => kind === 'storage').map(({ message }) => message)).toEqual([
      'the default storageclass of the cluster: taken is that it makes the 3 volumes that claims ask of it',
      'storageclass fast: taken is that it makes the 1 volume that claims ask of it',
      'storageclass gp3: taken is that it makes the 1 volume that claims ask of it',
      'persistentvolume far: taken is that the nodes of its nodeAffinity are there',
      'persistentvolume path: taken is that /srv/there is there on its node',
    ])
  })

  test('what nothing binds is told of the claim, with what would', () => {
    expect(summary('local-again')).toBe(
      'persistentvolumeclaim default/local-again is not bound: no persistentvolume of storageclass local fits it, and that class makes none',
    )
    expect(summary('no-class')).toContain('no persistentvolume fits it')
    expect(blocked.get('pod default/unknown-class')).toMatchObject({
      cause: 'claimUnbound',
      hints: ['if your cluster has it: --have storageclass/gp9'],
    })
    expect(lineOf(blocked.get('pod default/unknown-class'))).toContain('"gp9"')
    expect(blocked.get('pod default/no-claim')).toMatchObject({ hints: ['did you mean default-class?'] })
    expect(lineOf(blocked.get('pod default/no-claim'))).toContain('"default-clas"')
  })

  test('L1: a program that ends is told with its last line', () => {
    expect(blocked.get('pod default/no-file')).toMatchObject({
      summary: 'container c of pod no-file ends again and again: exit code 4',
      hints: ["its last line: cat: can't open '/no/file': No such file or directory"],
    })
  })

  test('nodes and accounts that are not there are told with those that are', () => {
    expect(blocked.get('pod default/placed')).toMatchObject({
      summary: 'nodeName is theirs: there is no such node, and no scheduler looks for another',
      hints: ['the nodes are node-1, node-2, node-3 (3 nodes of 8 cores and 32Gi)'],
    })
    expect(blocked.get('deployment default/typo')).toMatchObject({
      cause: 'podsRefused',
      hints: ['did you mean builder?'],
    })
  })

  test('what wants no Pods has not started; what is given again is told once, as it was given last', () => {
    const remarks = report.remarks.filter(({ kind }) => kind === 'noPods' || kind === 'overridden')
    expect(remarks.map(({ message }) => message.replace(/:\d+ is/, ':N is'))).toEqual([
      'deployment default/again: given 2 times, each over the one before; all.yaml:N is what holds',
      'deployment default/zero: it has no Pods, as it wants no replicas',
      'daemonset default/windows: it has no Pods, as no node has its labels kubernetes.io/os=windows',
      'job default/held: it has no Pods, as it is suspended',
    ])
    const names = report.started.map(({ workload }) => workload)
    expect(names.filter((name) => /zero|windows|held|again/.test(name))).toEqual(['deployment default/again'])
    expect(report.blocked.flatMap(({ waits }) => waits.map(({ workload }) => workload))).not.toContain(
      'job default/held',
    )
  })

  test('L6: a Job that has ended and is gone has done what it had to', () => {
    expect(report.started.map(({ workload }) => workload)).toContain('job default/gone')
  })

  test('L2: a mount that fails, an init container that does not end, a probe that says no', () => {
    expect(blocked.get('pod default/no-socket')).toMatchObject({ cause: 'mountFailed' })
    expect(summary('no-socket')).toContain('/var/run/docker.sock is not a socket file')
    expect(summary('endless-init')).toBe('init container wait of pod endless-init runs, but does not end')
    expect(summary('never-ready')).toBe('container c of pod never-ready runs, but does not become ready')
  })

  test('L1: a program that ends again and again, be it well, or that it runs just now; not one that has come to run on', () => {
    expect(summary('ends-well')).toBe('container c of pod ends-well ends again and again: exit code 0')
    expect(report.started.map(({ workload }) => workload)).toContain('pod default/steady')
    const slow = JSON.stringify(pod('slow', { containers: [scripted('sleep 55; exit 3')] }))
    const { blocked: now, started } = checkManifests([{ name: 'a.yaml', text: slow }], { for: '3m' })
    expect(now.map(({ summary: told, waits }) => [told, waits[0]?.status])).toEqual([
      ['container c of pod slow ends again and again: exit code 3', 'Running'],
    ])
    expect(started).toEqual([])
  })

  test('L2, L5: what is ended from outside, or never begins, is told by what ended it', () => {
    expect(summary('unlively')).toBe(
      "container c of pod unlively is killed again and again: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory",
    )
    expect(summary('hooked')).toBe('container c of pod hooked is killed again and again: PostStartHook failed')
    expect(summary('no-program')).toMatch(
      /^container c of pod no-program does not start: .*exec: "nosuch": executable file not found in \$PATH/,
    )
    expect(summary('too-long')).toBe(
      'pod too-long has failed: DeadlineExceeded: Pod was active on the node longer than the specified deadline',
    )
    expect(summary('benchmark')).toBeUndefined()
  })

  test('L1: where a first mount was too early, which is drawn, the end of the program is told nevertheless', () => {
    // One of these seeds draws it.
    const text = JSON.stringify(pod('poststart-httpget', { containers: [scripted('exit 4')] }))
    const { blocked: all } = checkManifests([{ name: 'a.yaml', text }], { for: '2m', version: 'v1.26', seeds: 20 })
    expect(all.map(({ cause, runs }) => [cause, runs])).toEqual([['crash', 20]])
  })

  test('a claim that is made for a Pod is a claim', () => {
    expect(blocked.get('pod default/scratch')).toMatchObject({
      cause: 'claimUnbound',
      summary: 'persistentvolumeclaim default/scratch-data is not bound: no manifest defines storageclass gp8',
      hints: ['if your cluster has it: --have storageclass/gp8'],
    })
    expect(lineOf(blocked.get('pod default/scratch'))).toContain('"gp8"')
  })

  test('kinds: one whose definition was refused is refused, one of somebody else’s is taken to be known', () => {
    expect(report.refused.map(({ object, cure }) => [object, cure])).toEqual([
      [
        'customresourcedefinition large.corp.example.com',
        'kubectl apply --server-side (it keeps no copy of the object in an annotation)',
      ],
      ['pod default/early', expect.stringMatching(/^apply serviceaccount default\/builder first \(all\.yaml:\d+\)/)],
      ['job default/each-', expect.stringMatching(/^kubectl create: /)],
      ['large default/x', 'its customresourcedefinition large.corp.example.com was refused: see there'],
      ['podsecuritypolicy x', undefined],
    ])
    expect(report.refused[3]?.reason).toContain('from "all.yaml"')
    expect(report.assumed.map(({ message }) => message)).toContain(
      'no manifest defines Gateway of gateway.networking.k8s.io/v1: the cluster knows it already (1 object left out)',
    )
  })

  test('what is no manifest is told with its place', () => {
    expect(report.unreadable.map(({ place, message }) => [place.file, place.line, message])).toEqual([
      ['values.yaml', 1, 'this is no manifest: expected apiVersion and kind'],
      ['broken.yaml', 1, 'this is no manifest: expected apiVersion and kind'],
      ['broken.yaml', 3, 'error converting YAML to JSON: yaml: did not find expected node content'],
    ])
  })

  test('a cause that every run has is told once', () => {
    const twice = checkManifests([{ name: 'a.yaml', text: JSON.stringify([pod('a', {})][0]) }], { seeds: 2, for: '1m' })
    expect(twice.blocked).toEqual([])
    const bad = JSON.stringify(claimed('a', 'nowhere'))
    const [first, ...more] = checkManifests([{ name: 'a.yaml', text: bad }], { seeds: 2, for: '1m' }).blocked
    expect([first?.runs, more]).toEqual([2, []])
  })
})
