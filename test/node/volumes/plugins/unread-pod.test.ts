import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pod, Volume } from '../../../../src/api/types/core.ts'
import { utf8Bytes } from '../../../../src/bytes/bytes.ts'
import type { ContainerFiles, ContainerOwner, FileView } from '../../../../src/fs/node-fs.ts'
import { makePodDirectories } from '../../../../src/node/kubelet/pods/pod-directories.ts'
import { tries } from '../../../tries.ts'
import { createWorld } from './world.ts'

/** A Pod's directory that is made when somebody looks is, to whoever looks, the one that was made at once. */

const uid = '0b1c2d3e'
const pods = '/var/lib/kubelet/pods'
const podDirectory = `${pods}/${uid}`

/** Whoever hears of every change has everything made at once. */
function world(isHeard: boolean) {
  const containers: ContainerFiles[] = []
  const made = { ...createWorld(), containers }
  if (isHeard) made.fs.observe(() => {})
  made.secret('db', { user: 'u', password: 'p' })
  made.secret('key', { tls: 'k' })
  return made
}
type World = ReturnType<typeof world>

const secretVolume = (name: string, secretName: string): Volume => ({
  name,
  secret: { secretName, defaultMode: 0o644 },
})
const volumes = [secretVolume('one', 'db'), secretVolume('two', 'key'), secretVolume('three', 'db')]
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app', namespace: 'default', uid },
  spec: { containers: [{ name: 'main', volumeMounts: [{ name: 'one', mountPath: '/etc/one' }] }], volumes },
}

/** Everything that a program could see. */
function seen(fs: FileView, path: string): unknown {
  const stat = fs.lstat(path)
  if (!stat.ok) return stat.code
  if (stat.value.type === 'file') return [stat.value, fs.readFile(path)]
  const names = stat.value.type === 'directory' ? fs.directoryOrder(path) : undefined
  return names?.ok ? [stat.value, names.value.map((name) => [name, seen(fs, `${path}/${name}`)])] : stat.value
}

/** As a runtime makes it, and looks into it. */
function container({ fs, directory }: World): ContainerFiles {
  const mounts = [{ hostPath: directory(pod, 'one'), containerPath: '/etc/one', readOnly: true }]
  const owner: ContainerOwner = {
    parts: () => ({ rootFiles: {}, mounts, readOnlyRoot: false }),
    tree: undefined,
    carryOut: () => fs.lookUp(owner),
  }
  fs.bind(owner, mounts)
  return fs.viewOf(owner, {})
}

const steps = {
  one: ({ setUp }: World) => setUp(pod, 'one'),
  two: ({ setUp }: World) => setUp(pod, 'two'),
  three: ({ setUp }: World) => setUp(pod, 'three'),
  'no more two': ({ tearDown }: World) => tearDown(pod, 'two'),
  rotate: (at: World) => void at.secret('db', { user: 'u', password: `changed at ${at.kernel.now()}` }),
  'other keys': (at: World) => void at.secret('db', { user: 'u', [`since-${at.kernel.now()}`]: 'p' }),
  container: (at: World) => void at.containers.push(container(at)),
  wait: ({ kernel }: World) => kernel.runUntil(kernel.now() + 7_000),
  write: ({ fs }: World) => fs.writeFile('/elsewhere', utf8Bytes('x')),
  group: ({ fs }: World) => fs.chmod(podDirectory, 0o2750),
  'rename away': ({ fs }: World) => fs.rename(pods, `${pods}-away`),
  'rename back': ({ fs }: World) => fs.rename(`${pods}-away`, pods),
  mounts: ({ fs }: World) => fs.mounts(),
  usage: ({ fs }: World) => fs.tmpfsUsage(),
  'has the directory': ({ fs }: World) => fs.access(podDirectory, 0).ok,
}
type Step = keyof typeof steps
const stepNames = Object.keys(steps) as Step[] // its own keys

test('L2, S2 whenever somebody looks, the Pod has the directories, mounts and files that were made at once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...stepNames), { maxLength: 12 }), (taken) => {
      const [now, later] = [world(true), world(false)]
      for (const { fs } of [now, later]) expect(makePodDirectories(fs, uid)).toBe(true)
      const told = taken.map((step) => ({ ofLater: [step, steps[step](later)], ofNow: [step, steps[step](now)] }))
      expect(told.map(({ ofLater }) => ofLater)).toEqual(told.map(({ ofNow }) => ofNow))
      for (const at of [now, later]) at.kernel.runUntil(60_000)
      const inside = (at: World) => [...at.containers, container(at)].map((each) => seen(each, '/etc/one'))
      expect(inside(later)).toEqual(inside(now))
      expect(seen(later.fs, '/')).toEqual(seen(now.fs, '/'))
      expect(later.fs.tmpfsUsage()).toEqual(now.fs.tmpfsUsage())
    }),
    { seed: 1, numRuns: tries(300) },
  )
})

test('U1, S2 a Pod whose volumes are mounted and asked for again stays unread; a container keeps what it was given', () => {
  const at = world(false)
  makePodDirectories(at.fs, uid)
  expect([at.setUp(pod, 'one'), at.setUp(pod, 'two'), at.setUp(pod, 'one')]).toEqual(['changed', 'changed', 'same'])
  const inside = container(at)
  expect(makePodDirectories(at.fs, uid)).toBe(false)
  expect(at.fs.isUnread(podDirectory)).toBe(true)
  // The node takes the volume away before anybody has looked into the container.
  at.tearDown(pod, 'one')
  expect(at.fs.isUnread(podDirectory)).toBe(false)
  expect(inside.readFile('/etc/one/password')).toEqual({ ok: true, value: utf8Bytes('p') })
})

test('U1, S2 a Pod whose volumes are written over and over stays unread, and nothing is kept of what was there in between', () => {
  const [now, later] = [world(true), world(false)]
  for (const at of [now, later]) {
    makePodDirectories(at.fs, uid)
    at.setUp(pod, 'two')
    for (let time = 60_000; time <= 600_000; time += 60_000) {
      at.kernel.runUntil(time)
      at.secret('db', { user: 'u', password: String(time) })
      expect(at.setUp(pod, 'one')).toBe('changed')
      if (time === 300_000) at.containers.push(container(at))
    }
  }
  expect(later.fs.isUnread(podDirectory)).toBe(true)
  expect(seen(later.fs, podDirectory)).toEqual(seen(now.fs, podDirectory))
  expect(later.containers[0]?.readFile('/etc/one/password')).toEqual({ ok: true, value: utf8Bytes('600000') })
})

test('S2 a machine that loses its power has the directories, and nothing of what was in memory', () => {
  const at = world(false)
  makePodDirectories(at.fs, uid)
  at.setUp(pod, 'one')
  at.fs.reboot()
  expect(at.fs.readdir(at.directory(pod, 'one'))).toEqual({ ok: true, value: [] })
  expect(at.fs.tmpfsUsage()).toEqual([])
})
