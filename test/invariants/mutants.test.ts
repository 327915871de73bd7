import { describe, expect, test } from 'vitest'
import { isObject } from '../../src/api/json.ts'
import type { Pod, Secret } from '../../src/api/types/core.ts'
import type { KubeObject } from '../../src/api/types/meta.ts'
import { nodeUser } from '../../src/apiserver/auth/users.ts'
import { utf8Bytes } from '../../src/bytes/bytes.ts'
import { type Client, type RequestError, resources, watchedBy } from '../../src/client/client.ts'
import { adminUser } from '../../src/cluster/control-plane.ts'
import type { Machine } from '../../src/cluster/machine.ts'
import type { ClusterSeams } from '../../src/cluster/seams.ts'
import type { JournalRecord, Sim, SimOptions } from '../../src/index.ts'
import { InvariantViolation } from '../../src/invariants/invariant.ts'
import { listInvariants, observeInvariants } from '../../src/invariants/observer.ts'
import { atOnce } from '../../src/kernel/at-once.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { Once } from '../../src/kernel/once.ts'
import type { ContainerConfig } from '../../src/node/runtime/cri.ts'
import { createObservedSim } from '../../src/sim/create-sim.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { answered } from '../client/answered.ts'
import {
  answersWith,
  base64,
  clientWith,
  containersWith,
  emptyForMissing,
  failingLater,
  firstForever,
  foreign,
  fsWith,
  goingBack,
  managerWith,
  replaced,
} from './mutants.ts'

type Observed = ReturnType<typeof createObservedSim> & { readonly machine: Machine }

/** A part that misbehaves, and what must happen for it to show. */
interface Mutant {
  readonly id: string
  readonly title: string
  readonly options?: SimOptions
  readonly below?: ClusterSeams
  readonly above?: ClusterSeams
  readonly story: (observed: Observed) => void
}

const secret = (n: number, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  stringData: { a: `Value+of+a+${n}`, b: `Value+of+b+${n}` },
  ...more,
})
const pullSecret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'pull' },
  type: 'kubernetes.io/dockerconfigjson',
  stringData: { '.dockerconfigjson': '{"auths":{"a.example.com":{"username":"u","password":"P+assword"}}}' },
}
const mount = { name: 'v', mountPath: '/v' }
const pod = (container: object, volume: object | undefined = { secret: { secretName: 's' } }, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: {
    containers: [{ name: 'c', image: 'app:1', ...container }],
    ...(volume === undefined ? {} : { volumes: [{ name: 'v', ...volume }] }),
    ...spec,
  },
})
const withEnv = { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } }] }
const uidOf = (sim: Sim) => sim.get<Pod>('Pod', 'p')?.metadata.uid ?? ''
const secretsOf = ({ cluster }: Observed) => cluster.controlPlane.server.store.collection('secrets')
/** A request that is never answered. */
class Silent<T> extends Once<T, RequestError> {
  override begin(): undefined {
    return undefined
  }
}

const nodeClient = ({ cluster, machine }: Observed) => cluster.controlPlane.clientOf(nodeUser('node-1'), machine.link)
const stored = (observed: Observed): Secret => secretsOf(observed).get('default', 's') as Secret

function mountAndUpdate({ sim }: Observed): void {
  sim.apply(secret(1), pod({ volumeMounts: [mount] }))
  sim.runFor('1m')
  sim.apply(secret(2))
  sim.runFor('3m')
}

const lent = { username: 'u', password: 'P+assword' }

function runOne({ sim }: Observed): void {
  sim.apply(pod({}, undefined))
  sim.runFor('1m')
}

function settleLate({ sim, observer }: Observed): void {
  sim.runFor('20m')
  observer?.settle()
}

function stranger(sandboxId: string, podUid: string): ContainerConfig {
  const hostPath = `/var/lib/kubelet/pods/${podUid}/volumes/kubernetes.io~secret/v`
  return {
    ...{ sandboxId, podUid, name: 'c', attempt: 0, image: 'app:1', command: [], args: [], workingDir: '' },
    ...{ env: [], mounts: [{ containerPath: '/v', hostPath, readOnly: true }], runAsUser: -1 },
    ...{ readOnlyRootFilesystem: false, memoryLimitBytes: undefined, specHash: 'x' },
  }
}

/** Makes a container without asking the kubelet. */
function makeContainer({ sim, machine }: Observed, podUid: string): void {
  const { runtime } = machine
  runtime.pullImage('app:1', undefined).subscribe(() => {
    runtime.runPodSandbox({ podUid, podName: 'p', podNamespace: 'default', attempt: 7 }).subscribe((sandbox) => {
      if (sandbox.ok) runtime.createContainer(stranger(sandbox.value.id, podUid)).subscribe()
    })
  })
  sim.runFor('1m')
}

const nodeFiles = /\/volumes\/kubernetes\.io~secret\/v\/\.\.\d/

const mutants: readonly Mutant[] = [
  {
    id: 'S-01',
    title: 'a store that tells of a write without a new version',
    story(observed) {
      observed.sim.apply(secret(1))
      const object = stored(observed)
      const revision = Number(object.metadata.resourceVersion)
      observed.observer?.seams.written?.('secrets', { type: 'MODIFIED', object, old: object, revision })
      observed.observer?.check()
    },
  },
  {
    id: 'S-02',
    title: 'a store that gives a uid again',
    story(observed) {
      observed.sim.apply(secret(1))
      const object = stored(observed)
      secretsOf(observed).remove(object)
      secretsOf(observed).create(object)
      observed.observer?.check()
    },
  },
  {
    id: 'S-03',
    title: 'an API server for which data wins over stringData',
    below: {
      requests: (handle) => (request) =>
        handle({
          ...request,
          ...(request.decode === undefined ? {} : { decode: () => withoutClash(request.decode?.()) }),
        }),
    },
    story: ({ sim }) => {
      sim.request({
        user: 'admin',
        method: 'POST',
        path: '/api/v1/namespaces/default/secrets',
        body: secret(1, { data: { a: base64('other') } }),
      })
      sim.runFor(1)
    },
  },
  {
    id: 'S-04',
    title: 'a store that takes one byte more than 1 MiB',
    story(observed) {
      observed.sim.apply(secret(1))
      secretsOf(observed).update(
        { ...stored(observed), ...{ data: { a: base64('x'.repeat(1024 * 1024 + 1)) } } },
        stored(observed),
      )
      observed.observer?.check()
    },
  },
  {
    id: 'S-05',
    title: 'a store that takes a key with a slash',
    story(observed) {
      observed.sim.apply(secret(1))
      secretsOf(observed).update({ ...stored(observed), ...{ data: { 'a/b': '' } } }, stored(observed))
      observed.observer?.check()
    },
  },
  {
    id: 'S-06',
    title: 'a store that changes an immutable Secret',
    options: { version: 'v1.26' },
    story(observed) {
      observed.sim.apply(secret(1, { immutable: true }))
      secretsOf(observed).update({ ...stored(observed), ...{ data: { a: base64('new') } } }, stored(observed))
      observed.observer?.check()
    },
  },
  {
    id: 'S-07',
    title: 'a cache that mixes up namespaces, seen in a volume',
    below: { secrets: answersWith((result) => (result.ok ? { ok: true, object: foreign(result.object) } : result)) },
    story: ({ sim }) => {
      sim.kubectl('create namespace other')
      sim.apply(
        secret(1),
        { ...secret(9), metadata: { name: 's', namespace: 'other' } },
        pod({ volumeMounts: [mount] }),
      )
      sim.runFor('1m')
    },
  },
  {
    id: 'S-07',
    title: 'a cache that mixes up namespaces, seen in a variable',
    below: { secrets: answersWith((result) => (result.ok ? { ok: true, object: foreign(result.object) } : result)) },
    story: ({ sim }) => {
      sim.kubectl('create namespace other')
      sim.apply(secret(1), { ...secret(9), metadata: { name: 's', namespace: 'other' } }, pod(withEnv, undefined))
      sim.runFor('1m')
    },
  },
  {
    id: 'S-08',
    title: 'an API server for which the last writer wins',
    below: {
      requests: (handle) => (request) =>
        handle({
          ...request,
          ...(request.decode === undefined ? {} : { decode: () => unversioned(request.decode?.()) }),
        }),
    },
    story(observed) {
      const { sim } = observed
      sim.apply(secret(1))
      const old = stored(observed)
      sim.apply(secret(2))
      const path = '/api/v1/namespaces/default/secrets/s'
      sim.request({ user: 'admin', method: 'PUT', path, body: { ...old, data: { a: base64('third') } } })
      sim.runFor(1)
    },
  },
  {
    id: 'S-09',
    title: 'a watch that loses an event',
    below: {
      client: clientWith((client) => ({
        watch: <T extends KubeObject>(...[resource, options]: Parameters<Client['watch']>) =>
          watchedBy(client.watch<T>(resource, options), (handlers) => {
            let events = 0
            const event: typeof handlers.event = (told) => {
              events++
              if (resource.resource !== 'secrets' || !client.user.name.includes('node-1') || events !== 1)
                handlers.event(told)
            }
            return { handlers: { opened: () => handlers.opened?.(), event, closed: (error) => handlers.closed(error) } }
          }),
      })),
    },
    story(observed) {
      mountAndUpdate(observed)
      observed.sim.apply(secret(3))
      observed.sim.runFor('3m')
    },
  },
  {
    id: 'S-10',
    title: 'a kubelet that forgets to give a reference back',
    above: { secrets: managerWith(() => ({ unregisterPod: () => {} })) },
    story(observed) {
      mountAndUpdate(observed)
      observed.sim.kubectl('delete pod p')
      settleLate(observed)
    },
  },
  {
    id: 'S-11',
    title: 'a cache that counts a reference down twice',
    below: {
      secrets: managerWith((manager) => {
        const pods = new Set<Pod>()
        return {
          registerPod: (one) => {
            pods.add(one)
            manager.registerPod(one)
          },
          unregisterPod: (one) => {
            manager.unregisterPod(one)
            for (const other of pods) manager.unregisterPod(other)
          },
        }
      }),
    },
    story(observed) {
      const { sim } = observed
      sim.apply(secret(1), pod({ volumeMounts: [mount] }), {
        ...pod({ volumeMounts: [mount] }),
        metadata: { name: 'q' },
      })
      sim.runFor('1m')
      sim.kubectl('delete pod p --wait=false')
      sim.runFor('2m')
    },
  },
  {
    id: 'S-12',
    title: 'a kubelet that writes Secrets to the disk',
    below: { fs: fsWith((fs) => ({ mountTmpfs: (path, { mode }) => fs.mkdirAll(path, mode) })) },
    story: mountAndUpdate,
  },
  {
    id: 'S-12',
    title: 'a kubelet that tells a value in an event',
    below: {
      secrets: answersWith(() => ({ ok: false, error: { message: 'bad value Value+of+a+1', isNotFound: false } })),
    },
    story: mountAndUpdate,
  },
  {
    id: 'S-13',
    title: 'a volume whose files are written one by one',
    below: {
      fs: fsWith((fs) => ({
        writeFile: (path, content, mode) => {
          const current = fs.realpath(path.replace(/\/\.\.\d[^/]*\//, '/..data/'))
          if (nodeFiles.test(path) && current.ok) fs.writeFile(current.value, content, mode)
          return fs.writeFile(path, content, mode)
        },
      })),
    },
    story: mountAndUpdate,
  },
  {
    id: 'S-14',
    title: 'a cache that goes back to an older object',
    below: { secrets: goingBack() },
    story(observed) {
      mountAndUpdate(observed)
      observed.sim.apply(secret(3))
      observed.sim.runFor('3m')
    },
  },
  {
    id: 'S-15',
    title: 'a runtime whose variables follow the Secret',
    below: {
      runtime: (runtime) =>
        replaced(runtime, {
          podContainers: (uid) =>
            runtime.podContainers(uid).map((one) => {
              const isLate = one.startedAt !== undefined && one.startedAt < lateness.now - 30_000
              const env = isLate
                ? one.config.env.map(({ name, value }) => ({ name, value: `${value}!` }))
                : one.config.env
              return Object.assign(Object.create(one), { now: { ...one.now, config: { ...one.config, env } } })
            }),
        }),
    },
    story({ sim }) {
      sim.apply(secret(1), pod(withEnv, undefined))
      sim.runFor('1m')
      lateness.now = Number.POSITIVE_INFINITY
      try {
        sim.apply(secret(2))
      } finally {
        lateness.now = 0
      }
    },
  },
  {
    id: 'S-16',
    title: 'a subPath that follows the Secret',
    story(observed) {
      const { sim, machine } = observed
      sim.apply(secret(1), pod({ volumeMounts: [{ ...mount, subPath: 'a' }] }))
      sim.runFor('1m')
      sim.apply(secret(2))
      sim.runFor('3m')
      machine.fs.writeFile(`/var/lib/kubelet/pods/${uidOf(sim)}/volume-subpaths/v/c/0`, utf8Bytes('Value+of+a+2'))
      sim.runFor(1)
    },
  },
  {
    id: 'S-17',
    title: 'a kubelet that does not wait for volumes',
    story(observed) {
      observed.sim.apply(pod({ volumeMounts: [mount] }))
      observed.sim.runFor('10s')
      makeContainer(observed, uidOf(observed.sim))
    },
  },
  {
    id: 'S-18',
    title: 'a kubelet that takes every volume for optional',
    below: { secrets: answersWith(emptyForMissing) },
    story: ({ sim }) => {
      sim.apply(pod({ volumeMounts: [mount] }))
      sim.runFor('1m')
    },
  },
  {
    id: 'S-18',
    title: 'a kubelet that takes every variable for optional',
    below: { secrets: answersWith(emptyForMissing) },
    story: ({ sim }) => {
      sim.apply(pod({ envFrom: [{ secretRef: { name: 's' } }] }, undefined))
      sim.runFor('1m')
    },
  },
  {
    id: 'S-19',
    title: 'a volume with more than its items',
    below: {
      fs: fsWith((fs) => ({
        writeFile: (path, content, mode) => {
          if (nodeFiles.test(path)) fs.writeFile(`${path}-too`, content, mode)
          return fs.writeFile(path, content, mode)
        },
      })),
    },
    story: ({ sim }) => {
      sim.apply(
        secret(1),
        pod({ volumeMounts: [mount] }, { secret: { secretName: 's', items: [{ key: 'a', path: 'x' }] } }),
      )
      sim.runFor('1m')
    },
  },
  {
    id: 'S-20',
    title: 'a volume that forgets the mode of an item',
    below: { fs: fsWith((fs) => ({ chmod: (path, mode) => fs.chmod(path, mode === 0o400 ? 0o644 : mode) })) },
    story: ({ sim }) => {
      const items = [{ key: 'a', path: 'a', mode: 0o400 }]
      sim.apply(secret(1), pod({ volumeMounts: [mount] }, { secret: { secretName: 's', items } }))
      sim.runFor('1m')
    },
  },
  {
    id: 'S-21',
    title: 'an environment with names that are none',
    below: { runtime: containersWith((config) => ({ ...config, env: [...config.env, { name: '1x', value: 'y' }] })) },
    story: ({ sim }) => {
      sim.apply(secret(1), pod({ envFrom: [{ secretRef: { name: 's' } }] }, undefined))
      sim.runFor('1m')
    },
  },
  {
    id: 'S-22',
    title: 'a volume that is mounted into every container',
    below: {
      runtime: containersWith((config) => {
        const hostPath = `/var/lib/kubelet/pods/${config.podUid}/volumes/kubernetes.io~secret/v`
        return { ...config, mounts: [{ containerPath: '/other', hostPath, readOnly: true }] }
      }),
    },
    story: mountAndUpdate,
  },
  {
    id: 'S-23',
    title: 'a teardown that leaves the tmpfs',
    below: { fs: fsWith(() => ({ unmount: () => ({ ok: true, value: undefined }) })) },
    story(observed) {
      mountAndUpdate(observed)
      observed.sim.kubectl('delete pod p --force --grace-period=0 --wait=false')
      settleLate(observed)
    },
  },
  {
    id: 'S-24',
    title: 'a mount that is emptied when its Secret goes',
    below: { secrets: answersWith(emptyForMissing) },
    story(observed) {
      mountAndUpdate(observed)
      observed.sim.kubectl('delete secret s')
      observed.sim.runFor('3m')
    },
  },
  {
    id: 'S-25',
    title: 'a kubelet that keeps asking for an immutable Secret',
    options: { version: 'v1.26' },
    story(observed) {
      observed.sim.apply(secret(1, { immutable: true }), pod({ volumeMounts: [mount] }))
      observed.sim.runFor('3m')
      answered(nodeClient(observed).get(resources.secrets, { namespace: 'default', name: 's' }), () => {})
      observed.sim.runFor('1s')
    },
  },
  {
    id: 'S-26',
    title: 'a pull secret in the environment',
    below: {
      runtime: containersWith((config) => ({
        ...config,
        env: [{ name: 'PULL', value: pullSecret.stringData['.dockerconfigjson'] }],
      })),
    },
    story: ({ sim }) => {
      sim.apply(pullSecret, pod({}, undefined, { imagePullSecrets: [{ name: 'pull' }] }))
      sim.runFor('1m')
    },
  },
  {
    id: 'S-27',
    title: 'a static Pod with a Secret',
    story: (observed) => makeContainer(observed, 'not-of-the-api'),
  },
  {
    id: 'S-31',
    title: 'a runtime that gives more than the node has',
    below: { runtime: containersWith((config) => ({ ...config, resources: { requests: { memory: '900Gi' } } })) },
    story: runOne,
  },
  {
    id: 'S-32',
    title: 'a kubelet that lends credentials to who has none',
    options: { images: [{ name: 'app', private: lent }] },
    below: {
      runtime: (runtime) => replaced(runtime, { pullImage: (image, _none, of) => runtime.pullImage(image, lent, of) }),
    },
    story: runOne,
  },
  {
    id: 'S-28',
    title: 'a volume manager that forgets how often it failed',
    story({ sim, machine }) {
      sim.journal.records$.subscribe(({ type, object }) => {
        const use = machine.kubelet.context?.volumes.use(object?.uid ?? '', 'v')
        if (type === 'volume.set-up-failed' && use !== undefined) use.failures = 0
      })
      sim.apply(pod({ volumeMounts: [mount] }))
      sim.runFor('1m')
    },
  },
  {
    id: 'S-29',
    title: 'a kubelet that tells nobody',
    below: {
      client: clientWith((client) => ({
        create: <T extends KubeObject>(...[resource, object, where]: Parameters<Client['create']>) =>
          resource.resource === 'events' ? new Silent<T>() : client.create<T>(resource, object, where ?? {}),
      })),
    },
    story(observed) {
      observed.sim.apply(pod({ volumeMounts: [mount] }))
      settleLate(observed)
    },
  },
  {
    id: 'S-30',
    title: 'an API server that gives nodes every Secret',
    below: { requests: (handle) => (request) => handle({ ...request, user: adminUser }) },
    story(observed) {
      observed.sim.apply(secret(1))
      answered(nodeClient(observed).get(resources.secrets, { namespace: 'default', name: 's' }), () => {})
      observed.sim.runFor('1s')
    },
  },
  {
    id: 'L-01',
    title: 'a cache that never changes',
    below: { secrets: firstForever() },
    story(observed) {
      mountAndUpdate(observed)
      settleLate(observed)
    },
  },
  {
    id: 'L-03',
    title: 'a cache that forgets what it has when a refresh fails',
    options: { kubelet: { configMapAndSecretChangeDetectionStrategy: 'Cache' } },
    below: { secrets: failingLater() },
    story(observed) {
      mountAndUpdate(observed)
      observed.sim.runFor('10m')
    },
  },
  {
    id: 'L-04',
    title: 'a kubelet that never learns that a Secret came',
    below: {
      secrets: answersWith((_result, name) =>
        name === 's' ? { ok: false, error: { message: 'secret "s" not found', isNotFound: true } } : _result,
      ),
    },
    story(observed) {
      observed.sim.apply(pod({ volumeMounts: [mount] }))
      observed.sim.runFor('1m')
      observed.sim.apply(secret(1))
      settleLate(observed)
    },
  },
  {
    id: 'L-05',
    title: 'a runtime that lets containers run on',
    below: {
      runtime: (runtime) =>
        replaced(runtime, {
          stopContainer: () => atOnce(() => ({ ok: true, value: undefined })),
          stopPodSandbox: () => atOnce(() => ({ ok: true, value: undefined })),
        }),
    },
    story(observed) {
      observed.sim.apply(pod({}, undefined, { automountServiceAccountToken: false }))
      observed.sim.runFor('1m')
      observed.sim.kubectl('delete pod p --force --grace-period=0 --wait=false')
      settleLate(observed)
    },
  },
  {
    id: 'L-06',
    title: 'a kubelet that asks for Secrets of Pods that are gone',
    story(observed) {
      mountAndUpdate(observed)
      observed.sim.kubectl('delete pod p')
      observed.sim.runFor('6m')
      answered(nodeClient(observed).get(resources.secrets, { namespace: 'default', name: 's' }), () => {})
      observed.sim.runFor('1s')
    },
  },
  {
    id: 'E-02',
    title: 'a clock that goes back',
    story() {
      const clock = { now: 5 }
      const kernel = createKernel()
      const fake = new Proxy(kernel, {
        get: (target, name) => (name === 'now' ? () => clock.now : Reflect.get(target, name, target)),
      })
      const journal = createJournal<JournalRecord>(fake, 'full')
      const observer = observeInvariants({
        ...{ kernel: fake, journal, minor: 18 },
        gates: resolveFeatureGates(18, {}),
        originMs: 0,
      })
      const told = { actor: 'a', type: 'kubelet.start' } as const
      journal.append(told)
      clock.now = 3
      journal.append(told)
      observer.check()
    },
  },
  {
    id: 'E-09',
    title: 'a record that is caused by a later one',
    story: ({ journal, observer }) => {
      journal.append({ actor: 'a', type: 'kubelet.start', cause: 1_000_000_000 })
      observer?.check()
    },
  },
]

/** The moment that the mutant of S-15 takes for the present. */
const lateness = { now: 0 }

type Body = ReturnType<NonNullable<Parameters<Parameters<NonNullable<ClusterSeams['requests']>>[0]>[0]['decode']>>

function changedBody(body: Body | undefined, change: (object: Record<string, unknown>) => object): Body {
  if (body === undefined) throw new Error('there is no body')
  return body.ok && isObject(body.object) ? ({ ...body, object: change({ ...body.object }) } as Body) : body
}

function withoutClash(body: Body | undefined): Body {
  return changedBody(body, ({ stringData, ...rest }) => rest)
}

function unversioned(body: Body | undefined): Body {
  return changedBody(body, ({ metadata, ...rest }) => {
    const { resourceVersion: _version, ...others } = metadata as Readonly<Record<string, unknown>>
    return { ...rest, metadata: others }
  })
}

function violationOf({ options = {}, below, above, story }: Mutant): unknown {
  const seams = { ...(below === undefined ? {} : { below }), ...(above === undefined ? {} : { above }) }
  const observed = createObservedSim({ invariants: true, ...options }, seams)
  const machine = observed.cluster.machines.get('node-1')
  if (machine === undefined) throw new Error('there is no node')
  try {
    story({ ...observed, machine })
    return undefined
  } catch (error) {
    return error
  }
}

describe('S1, S2, S3, U1, U3, U4, I2, I3, L2, L3, L4, L5, L6, R1, E2, V3, V4, V5: each invariant notices its mutant', () => {
  test.each(mutants.map((mutant) => [mutant.id, mutant.title, mutant] as const))('%s: %s', (id, _title, mutant) => {
    const violation = violationOf(mutant)
    expect(violation).toBeInstanceOf(InvariantViolation)
    expect(violation).toMatchObject({ id })
  })

  test('every invariant has a mutant', () => {
    const ids = new Set(mutants.map(({ id }) => id))
    expect(
      listInvariants()
        .map(({ id }) => id)
        .filter((id) => !ids.has(id)),
    ).toEqual([])
  })

  test('without a mutant none is noticed', () => {
    const observed = createObservedSim({ invariants: true })
    observed.sim.apply(
      secret(1),
      pod({ ...withEnv, volumeMounts: [mount, { name: 'v', mountPath: '/f', subPath: 'a' }] }),
    )
    observed.sim.runFor('1m')
    observed.sim.apply(secret(2))
    observed.sim.runFor('3m')
    observed.sim.kubectl('delete pod p')
    observed.sim.runFor('20m')
    expect(() => observed.observer?.settle()).not.toThrow()
  })
})
