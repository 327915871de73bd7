import { beforeAll, describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'
import type { Blocker, CheckReport } from '../../src/check/report.ts'
import { claimed, objects, pod, scripted } from './cause-objects.ts'

const files = [
  { name: 'all.yaml', text: objects.map((object) => JSON.stringify(object, null, 1)).join('\n---\n') },
  { name: 'values.yaml', text: 'replicas: 2\n' },
  { name: 'broken.yaml', text: 'a: b\n---\n{{- if .Values.x }}\nkind: Secret\n{{- end }}\n' },
]

describe('causes, and what is none', () => {
  let report: CheckReport
  let blocked: ReadonlyMap<string, Blocker>
  beforeAll(() => {
    report = checkManifests(files, { for: '3m', storageClasses: ['gp3'], presentImages: ['local/there:1'] })
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

  test('an image that nobody pulls is on no node, unless somebody says so', () => {
    expect(blocked.get('pod default/never')).toMatchObject({
      cause: 'imagePull',
      summary: 'image local/never:1: Container image "local/never:1" is not present with pull policy of Never',
      hints: ['if your nodes have it: --have image/local/never:1'],
    })
    expect(summary('never-there')).toBeUndefined()
    expect(report.assumed.filter(({ kind }) => kind === 'given').map(({ message }) => message)).toEqual([
      'image local/there:1 is on each node already',
    ])
  })

  test('L1: a program that ends is told with its last line', () => {
    expect(blocked.get('pod default/no-file')).toMatchObject({
      summary: 'container c of pod no-file ends again and again: exit code 4',
      hints: ["its last line: cat: can't open '/no/file': No such file or directory"],
    })
  })

  test('references that stay as they are, files that are not there, words that are no base64', () => {
    const kinds = ['unexpanded', 'emptySubPath', 'quoted', 'notText', 'optionalAbsent']
    expect(report.remarks.filter(({ kind }) => kinds.includes(kind)).map(({ message }) => message)).toEqual([
      'pod default/sub-path: container c finds an empty directory at /etc/pw, as secret default/said has no file for its subPath; did you mean PW?',
      'secret default/said: the value of word is no text once it is decoded: was it meant as it stands? stringData takes plain text',
      'secret default/said: the value of quoted has quotes around it, which programs take as part of it',
      'pod default/expands: variable EARLY uses $(PW), which comes after it: it stays as it is written. Put PW first',
      'pod default/expands: variable URL of configmap urls keeps $(PW) as it is written: only values that stand in env are expanded',
      'secret default/web-tls does not exist for ingress default/web; its controller serves another certificate, or none',
      'secret default/regcred does not exist for serviceaccount default/builder; pulls go on without it',
    ])
  })

  test('a path is no credential, whatever its variable is called', () => {
    const plain = report.remarks.filter(({ kind, level }) => kind === 'plainText' && level === 'warning')
    expect(plain.map(({ message }) => message)).toEqual([
      'pod default/expands: variable API_TOKEN has its value in the manifest; a Secret would keep it apart',
    ])
  })

  test('volumes that lie over what the image has, or take no owner; names of another kind', () => {
    expect(blocked.get('pod default/hidden')?.hints).toEqual(['volume v lies over what the image has at /app'])
    expect(blocked.get('pod default/owner')?.hints).toEqual(['its last line: chown: /etc/said: Read-only file system'])
    expect(blocked.get('pod default/other-kind')?.hints).toEqual([
      'a secret has that name: references to it are secretRef, secretKeyRef and volumes of secret',
    ])
    expect(blocked.get('pod default/token')?.hints[0]).toMatch(
      /^from v1\.24 on accounts have no Secrets of such names;/,
    )
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
    const { blocked: all } = checkManifests([{ name: 'a.yaml', text }], { for: '1m', version: 'v1.26', seeds: 20 })
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
      ['secret default/plain', 'data wants base64; stringData takes plain text, which the server encodes'],
      ['pod default/decimal', '0600: without the 0 in front it is a decimal number'],
      ['pod default/early', expect.stringMatching(/^apply serviceaccount default\/builder first \(all\.yaml:\d+\)/)],
      ['job default/each-', expect.stringMatching(/^kubectl create: /)],
      ['large default/x', 'its customresourcedefinition large.corp.example.com was refused: see there'],
      ['podsecuritypolicy x', undefined],
    ])
    expect(report.refused[5]?.reason).toContain('from "all.yaml"')
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
