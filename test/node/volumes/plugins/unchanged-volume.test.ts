import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pod, Volume } from '../../../../src/api/types/core.ts'
import { atOnce } from '../../../../src/kernel/at-once.ts'
import { makePodDirectories } from '../../../../src/node/kubelet/pods/pod-directories.ts'
import type { MadeFrom, VolumeRef } from '../../../../src/node/volumes/plugin.ts'
import type { Got, TokenResult } from '../../../../src/node/volumes/plugins/host.ts'
import { tries } from '../../../tries.ts'
import { createWorld, tree } from './world.ts'

/** A refresh that finds objects and tokens to be those of the one before is left out: nobody can tell it from one that collects them. */

const uid = '0b1c2d3e'
const volumes: readonly Volume[] = [
  { name: 'secret', secret: { secretName: 'db', defaultMode: 0o644 } },
  {
    name: 'projected',
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
        { configMap: { name: 'ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  },
  { name: 'token', projected: { defaultMode: 0o644, sources: [{ serviceAccountToken: { path: 'token' } }] } },
  {
    name: 'labels',
    projected: {
      defaultMode: 0o644,
      sources: [
        { secret: { name: 'db' } },
        { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      ],
    },
  },
]

/** `isAsked`: the host answers within the call, so that a plugin may leave out what is unchanged. */
function world(isAsked: boolean) {
  const held = { token: 'first', staleAt: 10_000 }
  let mark: object = {}
  const answer = (): TokenResult => ({ ok: true, ...held })
  const objects = createWorld()
  const source = (all: ReadonlyMap<string, object>) => {
    // Each map has objects of one kind.
    const got = (name: string): Got<never> => ({ ok: true, object: all.get(name) as never })
    return {
      get: (_namespace: string, name: string) => atOnce(() => got(name)),
      ...(isAsked && { getNow: (_namespace: string, name: string) => got(name) }),
    }
  }
  const made = createWorld({
    minor: 26,
    secrets: source(objects.secrets),
    configMaps: source(objects.configMaps),
    tokens: {
      get: () => atOnce(answer),
      forget() {},
      ...(isAsked && { getNow: answer, markOf: () => mark, staleAt: () => held.staleAt }),
    },
  })
  let version = 0
  const secret = (password: string): void => {
    objects.secret('db', { user: 'u', password })
    const object = objects.secrets.get('db')
    if (object !== undefined)
      objects.secrets.set('db', { ...object, metadata: { name: 'db', resourceVersion: `${++version}` } })
  }
  const configMap = (value: string): void => {
    const metadata = { name: 'ca', resourceVersion: `${++version}` }
    objects.configMaps.set('ca', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': value } })
  }
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app', namespace: 'default', uid, labels: { app: 'a' } },
    spec: {
      containers: [{ name: 'main', volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `/etc/${name}` })) }],
      volumes,
    },
  }
  const uses: (VolumeRef & MadeFrom & { pod: Pod })[] = volumes.map((volume) => ({ pod, volume, sources: [] }))
  secret('p')
  configMap('c')
  makePodDirectories(made.fs, uid)
  const refresh = (): readonly unknown[] =>
    uses.map((use) => {
      const plugin = made.pluginFor(use.volume)
      let result = isAsked ? plugin?.setUpNow?.(use) : undefined
      if (!isAsked) plugin?.setUp(use).subscribe((later) => (result = later))
      if (result?.ok === true) Object.assign(use, { sources: result.sources, staleAt: result.staleAt })
      return result
    })
  return {
    refresh,
    secret,
    configMap,
    relabel(app: string) {
      for (const use of uses) use.pod = { ...use.pod, metadata: { ...use.pod.metadata, labels: { app } } }
    },
    renew() {
      mark = {}
      held.token += '+'
      held.staleAt += 10_000
    },
    files: () => uses.map((use) => tree(made.fs, made.pluginFor(use.volume)?.hostPath(use) ?? '')),
    wait: () => made.kernel.runUntil(made.kernel.now() + 7_000),
  }
}
type World = ReturnType<typeof world>

const steps = {
  refresh: (at: World) => at.refresh(),
  'same value': ({ secret }: World) => secret('p'),
  'other value': ({ secret }: World) => secret('q'),
  'other certificates': ({ configMap }: World) => configMap('d'),
  'other labels': ({ relabel }: World) => relabel('b'),
  'another token': ({ renew }: World) => renew(),
  wait: ({ wait }: World) => wait(),
  look: ({ files }: World) => files(),
}
type Step = keyof typeof steps
const stepNames = Object.keys(steps) as Step[] // its own keys

test('U1, U4 a refresh is left out only when it would leave every file and every answer as it is', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...stepNames), { maxLength: 14 }), (taken) => {
      const [whole, quick] = [world(false), world(true)]
      const all = ['refresh', 'wait', ...taken, 'refresh', 'look'] as const
      const seen = all.map((step) => [step, steps[step](quick), steps[step](whole)] as const)
      expect(seen.map(([step, ofQuick]) => [step, ofQuick])).toEqual(seen.map(([step, , ofWhole]) => [step, ofWhole]))
    }),
    { seed: 1, numRuns: tries(300) },
  )
})
