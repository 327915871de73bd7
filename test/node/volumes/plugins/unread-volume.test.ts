import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8Bytes } from '../../../../src/bytes/bytes.ts'
import { createNodeFs } from '../../../../src/fs/memory-fs.ts'
import type { FileView, NodeFs } from '../../../../src/fs/node-fs.ts'
import { createKernel, type Kernel } from '../../../../src/kernel/kernel.ts'
import { writeAtomically } from '../../../../src/node/volumes/plugins/atomic-writer.ts'
import type { Payload } from '../../../../src/node/volumes/plugins/payload.ts'
import { type UnreadSlot, writeUnread } from '../../../../src/node/volumes/plugins/unread-volume.ts'
import { tries } from '../../../tries.ts'

/** A volume that is written when somebody looks is, to whoever looks, the volume that was written at once. */

const directory = '/volume'

interface World {
  readonly kernel: Kernel
  readonly fs: NodeFs
  readonly unread: UnreadSlot
}

function world(sizeBytes?: number): World {
  const kernel = createKernel()
  const fs = createNodeFs({ kernel, memoryBytes: 1_000_000 })
  fs.mkdir(directory, 0o755)
  fs.mountTmpfs(directory, { mode: 0o1777, ...(sizeBytes === undefined ? {} : { sizeBytes }) })
  kernel.runUntil(5_000)
  return { kernel, fs, unread: {} }
}

function options(payload: Payload) {
  return { directory, payload, timestampName: () => '..2020_05_01', linksAfterSwitch: false, repairsLinks: true }
}

/** Everything that a program could see of the volume. */
function seen(fs: FileView, path = directory): unknown {
  const stat = fs.lstat(path)
  if (!stat.ok) return stat.code
  if (stat.value.type === 'file') return [stat.value, fs.readFile(path)]
  const names = stat.value.type === 'directory' ? fs.directoryOrder(path) : undefined
  return names?.ok ? [stat.value, names.value.map((name) => [name, seen(fs, `${path}/${name}`)])] : stat.value
}

const payloads = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c/d', 'c/e', 'f/g/h', 'i'), { maxLength: 6 })
  .chain((paths) =>
    fc.tuple(
      fc.constant(paths),
      fc.array(fc.record({ text: fc.string(), mode: fc.constantFrom(0o644, 0o400), uid: fc.option(fc.nat(9)) }), {
        minLength: paths.length,
        maxLength: paths.length,
      }),
    ),
  )
  .map(
    ([paths, files]): Payload =>
      new Map(
        paths.map((path, at) => {
          const { text = '', mode = 0o644, uid = null } = files[at] ?? {}
          return [path, { data: utf8Bytes(text), mode, ...(uid === null ? {} : { uid }) }]
        }),
      ),
  )

test('U1, S2 whenever somebody looks, the volume is as if it had been written when it was', () => {
  fc.assert(
    fc.property(payloads, (payload) => {
      const [now, later] = [world(), world()]
      writeAtomically({ ...options(payload), fs: now.fs })
      expect(writeUnread(later.unread, later.fs, options(payload))).toEqual({ written: true })
      // What comes after has the same numbers and the same room.
      for (const { fs } of [now, later]) fs.writeFile('/after', utf8Bytes('x'))
      expect(later.fs.tmpfsUsage()).toEqual(now.fs.tmpfsUsage())
      expect(later.fs.stat('/after')).toEqual(now.fs.stat('/after'))
      expect(later.fs.isUnread(directory)).toBe(true)
      for (const { kernel } of [now, later]) kernel.runUntil(60_000)
      expect(seen(later.fs)).toEqual(seen(now.fs))
      expect(later.fs.isUnread(directory)).toBe(false)
      expect(later.fs.tmpfsUsage()).toEqual(now.fs.tmpfsUsage())
    }),
    { seed: 1, numRuns: tries(200) },
  )
})

const small: Payload = new Map([['a', { data: utf8Bytes('1'), mode: 0o644 }]])

test('U1 what is asked for again is not written again; another payload is written over what was never read', () => {
  const { fs, unread, kernel } = world()
  writeUnread(unread, fs, options(small))
  expect(writeUnread(unread, fs, options(small))).toEqual({ written: false })
  expect(fs.isUnread(directory)).toBe(true)
  const other: Payload = new Map([['a', { data: utf8Bytes('2'), mode: 0o644 }]])
  kernel.runUntil(9_000)
  expect(writeUnread(unread, fs, options(other))).toBeUndefined()
  writeAtomically({ ...options(other), timestampName: () => '..2020_05_02', fs })
  expect(fs.readFile(`${directory}/a`)).toEqual({ ok: true, value: utf8Bytes('2') })
})

test('S2 a container that still has the volume sees it, though the node has unmounted it', () => {
  const { fs, unread } = world()
  writeUnread(unread, fs, options(small))
  const mounts = [{ hostPath: directory, containerPath: '/s', readOnly: true }]
  const inside = fs.containerView({ rootFiles: {}, mounts, readOnlyRoot: false })
  expect(inside.stat('/s').ok).toBe(true)
  fs.unmount(directory)
  expect(inside.readFile('/s/a')).toEqual({ ok: true, value: utf8Bytes('1') })
  expect(fs.readdir(directory)).toEqual({ ok: true, value: [] })
})

test('L2, R2 where there is no room, somebody listens or something is there, it is written at once', () => {
  const full = world(0)
  expect(writeUnread(full.unread, full.fs, options(small))).toBeUndefined()
  const watched = world()
  watched.fs.observe(() => {})
  expect(writeUnread(watched.unread, watched.fs, options(small))).toBeUndefined()
  const used = world()
  used.fs.mkdir(`${directory}/nested`, 0o755)
  expect(writeUnread(used.unread, used.fs, options(small))).toBeUndefined()
  const invalid: Payload = new Map([['../a', { data: utf8Bytes('1'), mode: 0o644 }]])
  const fresh = world()
  expect(writeUnread(fresh.unread, fresh.fs, options(invalid))).toBeUndefined()
})
