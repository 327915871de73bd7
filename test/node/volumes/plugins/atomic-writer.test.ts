import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../../../src/bytes/bytes.ts'
import { createNodeFs } from '../../../../src/fs/memory-fs.ts'
import { createKernel } from '../../../../src/kernel/kernel.ts'
import { type WriteStep, writeAtomically } from '../../../../src/node/volumes/plugins/atomic-writer.ts'
import { tries } from '../../../tries.ts'
import { createWorld, podWith, secretVolume, tree } from './world.ts'

const versions = [18, 23, 26, 30].map((minor) => ({ minor }))

/** Who reads through `..data` once and then goes on with what he found. */
function readAll(world: ReturnType<typeof createWorld>, directory: string): Record<string, string> {
  const now = world.fs.realpath(`${directory}/..data`)
  return now.ok ? tree(world.fs, now.value) : {}
}

describe.each(versions)('U1 an update in 1.$minor', ({ minor }) => {
  test('between any two steps a reader sees all of the old or all of the new, and the switch is step 9', () => {
    const seen: string[] = []
    const old = { a: '1', b: '1', gone: '1' }
    const fresh = { a: '2', b: '2', added: '2' }
    const world = createWorld({
      minor,
      afterWriteStep: (pod, _, step) => {
        const content = readAll(world, world.directory(pod))
        seen.push(`${step} ${JSON.stringify(content) === JSON.stringify(sorted(fresh)) ? 'new' : 'old'}`)
        if (Object.keys(content).length > 0) expect([sorted(old), sorted(fresh)]).toContainEqual(content)
        return undefined
      },
    })
    const pod = podWith(secretVolume())
    world.secret('mysecret', old)
    world.setUp(pod)
    seen.length = 0
    world.secret('mysecret', fresh)
    world.setUp(pod)
    const linksLate = minor >= 23
    expect(seen).toEqual([
      ...[1, 2, 3, 4, 5, 6, ...(linksLate ? [] : [7]), 8].map((step) => `${step} old`),
      ...[9, ...(linksLate ? [7] : []), 10, 11].map((step) => `${step} new`),
    ])
    expect(tree(world.fs, world.directory(pod))).toEqual(sorted(fresh))
  })

  test('a new key dangles before the switch up to 1.22 and is missing until after it since', () => {
    const visible: string[] = []
    const world = createWorld({
      minor,
      afterWriteStep: (pod, _, step) => {
        const link = world.fs.lstat(`${world.directory(pod)}/added`).ok
        const file = world.fs.stat(`${world.directory(pod)}/added`).ok
        if (step >= 7) visible.push(`${step} ${link ? (file ? 'there' : 'dangling') : 'missing'}`)
        return undefined
      },
    })
    const pod = podWith(secretVolume())
    world.secret('mysecret', { a: '1' })
    world.setUp(pod)
    visible.length = 0
    world.secret('mysecret', { a: '1', added: '1' })
    world.setUp(pod)
    expect(visible.slice(0, 3)).toEqual(
      minor < 23 ? ['7 dangling', '8 dangling', '9 there'] : ['8 missing', '9 missing', '7 there'],
    )
  })

  test('a kubelet that dies at any step leaves old or new, and a later one puts all in order', () => {
    for (const fatal of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const) {
      let lives = 1
      const world = createWorld({
        minor,
        afterWriteStep: (_pod, _volume, step: WriteStep) => (lives === 0 && step === fatal ? 'crash' : undefined),
      })
      const pod = podWith(secretVolume())
      world.secret('mysecret', { a: '1', gone: '1' })
      world.setUp(pod)
      lives = 0
      world.secret('mysecret', { a: '2', added: '2' })
      expect(world.setUp(pod)).toBe('the kubelet died')
      expect([
        { a: '1', gone: '1' },
        { a: '2', added: '2' },
      ]).toContainEqual(readAll(world, world.directory(pod)))
      lives = 1
      const answers = [world.setUp(pod), world.setUp(pod)]
      // Between 8 and 9 the temporary link stays behind: the next try stumbles over it and takes the volume down.
      if (fatal === 8) expect(answers[0]).toMatch(/^symlink \S+ \S+\/\.\.data_tmp: file exists$/)
      expect(readAll(world, world.directory(pod))).toEqual({ a: '2', added: '2' })
    }
  })
})

describe('4.4 the writer', () => {
  test('a changed mode alone is not noticed', () => {
    const { fs, secret, setUp, directory } = createWorld()
    secret('mysecret', { a: '1' })
    setUp(podWith(secretVolume({ defaultMode: 0o400 })))
    const pod = podWith(secretVolume({ defaultMode: 0o444 }))
    expect(setUp(pod)).toBe('same')
    expect(fs.stat(`${directory(pod)}/a`)).toMatchObject({ value: { mode: 0o400 } })
  })

  test.each([
    { minor: 29, repaired: false },
    { minor: 30, repaired: true },
  ])('in 1.$minor a lost link is made again without new content: $repaired', ({ minor, repaired }) => {
    const { fs, secret, setUp, directory } = createWorld({ minor })
    secret('mysecret', { a: '1' })
    const pod = podWith(secretVolume())
    setUp(pod)
    fs.unlink(`${directory(pod)}/a`)
    expect(setUp(pod)).toBe('same')
    expect(fs.stat(`${directory(pod)}/a`).ok).toBe(repaired)
  })

  test.each([
    { path: '/abs', error: 'invalid path: must be relative path: /abs' },
    { path: 'a/../b', error: "invalid path: must not contain '..': a/../b" },
    { path: '..a', error: "invalid path: must not start with '..': ..a" },
    { path: '', error: 'invalid path: must not be empty: ""' },
    { path: 'x'.repeat(256), error: 'invalid path: filenames must be less than or equal to 255 characters' },
    { path: 'x/'.repeat(2049), error: 'invalid path: must be less than or equal to 4096 characters' },
  ])('refuses the path $error', ({ path, error }) => {
    const fs = createNodeFs({ kernel: createKernel(), memoryBytes: 1 << 20 })
    const result = writeAtomically({
      fs,
      directory: '/',
      payload: new Map([[path, { data: utf8Bytes('x'), mode: 0o644 }]]),
      timestampName: () => '..1',
      linksAfterSwitch: false,
      repairsLinks: false,
    })
    expect(result).toEqual({ ok: false, error, crashed: false })
  })

  test('any series of contents leaves exactly the last one, one old directory at most, and no dangling link', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'dir/a', 'dir/b', 'dir/sub/c', 'other/x')
    const content = fc.dictionary(key, fc.constantFrom('1', '2'), { maxKeys: 5 })
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(18, 23, 26, 30),
        (contents, minor) => {
          const { fs, secret, setUp, directory } = createWorld({ minor })
          for (const each of contents) {
            secret('mysecret', each)
            const items = Object.keys(each).map((path) => ({ key: path, path }))
            const pod = podWith(secretVolume(items.length > 0 ? { items } : {}))
            setUp(pod)
            expect(tree(fs, directory(pod))).toEqual(sorted(each))
            const names = fs.readdir(directory(pod))
            expect(names.ok && names.value.filter((name) => /^\.\.\d/.test(name)).length).toBe(1)
          }
        },
      ),
      { numRuns: tries(200) },
    )
  })
})

function sorted(content: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)))
}
