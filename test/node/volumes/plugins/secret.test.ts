import { describe, expect, test } from 'vitest'
import type { FsResult } from '../../../../src/fs/node-fs.ts'
import { createWorld, podWith, secretVolume, tree } from './world.ts'

const mode = (result: FsResult<{ mode: number }>) => (result.ok ? result.value.mode.toString(8) : result.code)

describe('content of a secret volume', () => {
  test('V1 each key is a file, decoded, behind the ..data link', () => {
    const { fs, secret, setUp, directory } = createWorld()
    secret('mysecret', { username: 'admin', password: '1f2d1e2e67df' })
    const pod = podWith(secretVolume())
    expect(setUp(pod)).toBe('changed')
    const at = directory(pod)
    expect(at).toBe('/var/lib/kubelet/pods/uid-1/volumes/kubernetes.io~secret/foo')
    expect(tree(fs, at)).toEqual({ password: '1f2d1e2e67df', username: 'admin' })
    expect(fs.readlink(`${at}/username`)).toMatchObject({ value: '..data/username' })
    const data = fs.readlink(`${at}/..data`)
    expect(data.ok && data.value).toMatch(/^\.\.2020_05_01_12_34_56\.\d{9}$/)
    expect(setUp(pod)).toBe('same')
  })

  test('V3 items take only their keys, to their paths', () => {
    const { fs, secret, setUp, directory } = createWorld()
    secret('mysecret', { username: 'admin', password: 'p' })
    const pod = podWith(secretVolume({ items: [{ key: 'username', path: 'my-group/my-username' }] }))
    setUp(pod)
    expect(tree(fs, directory(pod))).toEqual({ 'my-group/my-username': 'admin' })
    expect(fs.readlink(`${directory(pod)}/my-group`)).toMatchObject({ value: '..data/my-group' })
  })

  test('V4 an item without its key refuses, and touches nothing; optional leaves it out', () => {
    const { fs, secret, setUp, directory } = createWorld()
    secret('mysecret', { a: '1' })
    const items = [
      { key: 'a', path: 'a' },
      { key: 'username', path: 'u' },
    ]
    const strict = podWith(secretVolume({ items }))
    expect(setUp(strict)).toBe('references non-existent secret key: username')
    expect(fs.stat(directory(strict)).ok).toBe(false)
    const lenient = podWith(secretVolume({ items, optional: true }))
    expect(setUp(lenient)).toBe('changed')
    expect(tree(fs, directory(lenient))).toEqual({ a: '1' })
  })

  test('L2 a missing Secret is told in the words of its manager; optional gives an empty volume', () => {
    const { fs, setUp, directory } = createWorld()
    expect(setUp(podWith(secretVolume()))).toBe('secret "mysecret" not found')
    const pod = podWith(secretVolume({ optional: true }))
    expect(setUp(pod)).toBe('changed')
    expect(tree(fs, directory(pod))).toEqual({})
  })

  test('V5 the mode is 0644, that of the volume, or that of the item, whatever the umask', () => {
    const { fs, secret, setUp, directory } = createWorld()
    secret('mysecret', { a: '1', b: '2' })
    const items = [
      { key: 'a', path: 'a' },
      { key: 'b', path: 'b', mode: 0o777 },
    ]
    const pod = podWith(secretVolume({ items, defaultMode: 0o400 }))
    setUp(pod)
    expect(mode(fs.stat(`${directory(pod)}/a`))).toBe('400')
    expect(mode(fs.stat(`${directory(pod)}/b`))).toBe('777')
    expect(mode(fs.stat(`${directory(pod)}/..data`))).toBe('755')
    expect(mode(fs.stat(directory(pod)))).toBe('1777')
  })

  test('V7 keys that begin with a dot are files like others', () => {
    const { fs, secret, setUp, directory } = createWorld()
    secret('mysecret', { '.secret-file': 'x' })
    const pod = podWith(secretVolume())
    setUp(pod)
    expect(tree(fs, directory(pod))).toEqual({ '.secret-file': 'x' })
  })

  test.each([
    { minor: 18, file: '440', root: '3777', gid: 1234, link: 0 },
    { minor: 26, file: '440', root: '3777', gid: 1234, link: 1234 },
  ])('4.5 fsGroup owns files and directories in 1.$minor', ({ minor, file, root, gid, link }) => {
    const { fs, secret, setUp, directory } = createWorld({ minor })
    secret('mysecret', { a: '1' })
    const pod = podWith(secretVolume({ defaultMode: 0o400 }), { securityContext: { fsGroup: 1234 } })
    setUp(pod)
    secret('mysecret', { a: '2' })
    setUp(pod)
    expect(fs.stat(`${directory(pod)}/a`)).toMatchObject({ value: { mode: Number.parseInt(file, 8), gid } })
    expect(mode(fs.stat(`${directory(pod)}/..data`))).toBe('2755')
    expect(mode(fs.stat(directory(pod)))).toBe(root)
    expect(fs.lstat(`${directory(pod)}/a`)).toMatchObject({ value: { gid: link, mode: 0o777 } })
  })

  test('a volume gets directories for what is mounted inside of it', () => {
    const { fs, secret, setUp, directory } = createWorld()
    secret('mysecret', { a: '1' })
    const mounts = ['/etc/foo', '/etc/foo/inner', '/etc/foo/inner/deeper', '/elsewhere'].map((mountPath, index) => ({
      name: index === 0 ? 'foo' : `v${index}`,
      mountPath,
    }))
    const pod = podWith(secretVolume(), { containers: [{ name: 'app', volumeMounts: mounts }] })
    setUp(pod)
    expect(fs.readdir(directory(pod))).toMatchObject({ value: expect.arrayContaining(['inner', 'a']) })
    expect(fs.stat(`${directory(pod)}/inner/deeper`).ok).toBe(false)
  })
})

describe('memory', () => {
  test('S2 a Secret is written to tmpfs and to nothing else', () => {
    const { fs, secret, setUp } = createWorld()
    const onDisk: string[] = []
    fs.observe(({ op, path, detail }) => {
      if (op === 'write' && !fs.isOnTmpfs(path)) onDisk.push(`${path} ${detail?.bytes}`)
    })
    secret('mysecret', { a: 'top secret' })
    const pod = podWith(secretVolume())
    setUp(pod)
    secret('mysecret', { a: 'still secret' })
    setUp(pod)
    expect(onDisk).toEqual(['/var/lib/kubelet/pods/uid-1/plugins/kubernetes.io~empty-dir/wrapped_foo/ready 0'])
  })

  test('L5 after the tear-down nothing of it is left', () => {
    const { fs, secret, setUp, tearDown, directory } = createWorld()
    secret('mysecret', { a: '1' })
    const pod = podWith(secretVolume())
    setUp(pod)
    expect(tearDown(pod)).toEqual({ ok: true })
    expect(fs.stat(directory(pod)).ok).toBe(false)
    expect(fs.tmpfsUsage()).toEqual([])
    expect(fs.stat('/var/lib/kubelet/pods/uid-1/plugins/kubernetes.io~empty-dir/wrapped_foo').ok).toBe(false)
    expect(tearDown(pod)).toEqual({ ok: true })
  })

  test.each([
    { minor: 18, limits: ['10Mi'], size: undefined },
    { minor: 22, limits: [undefined], size: 1 << 30 },
    { minor: 22, limits: ['10Mi'], size: 10 << 20 },
    { minor: 22, limits: ['10Mi', undefined], size: 1 << 30 },
    { minor: 22, limits: ['10Mi', '5Mi'], size: 15 << 20 },
    { minor: 22, limits: ['2Gi'], size: 1 << 30 },
  ])('11 in 1.$minor a Pod limited to $limits gets a tmpfs of $size bytes', ({ minor, limits, size }) => {
    const { fs, secret, setUp } = createWorld({ minor })
    secret('mysecret', { a: '1' })
    const containers = limits.map((memory, index) => ({
      name: `c${index}`,
      ...(memory !== undefined && { resources: { limits: { memory } } }),
    }))
    setUp(podWith(secretVolume(), { containers }))
    expect(fs.tmpfsUsage()).toMatchObject([{ sizeBytes: size, usedBytes: 4096 }])
  })

  test('11 an update needs room for old and new at once; without it the whole volume goes', () => {
    const { fs, secret, setUp, directory } = createWorld({ minor: 22 })
    secret('mysecret', { a: 'x'.repeat(5000) })
    const pod = podWith(secretVolume(), {
      containers: [{ name: 'app', resources: { limits: { memory: '12Ki' } } }],
    })
    expect(setUp(pod)).toBe('changed')
    secret('mysecret', { a: 'y'.repeat(5000) })
    expect(setUp(pod)).toMatch(
      /^write \/var\/lib\/kubelet\/pods\/uid-1\/volumes\/kubernetes.io~secret\/foo\/\.\.2020_\S+\/a: no space left on device$/,
    )
    expect(fs.stat(directory(pod)).ok).toBe(false)
  })

  test('L6 after a reboot the marker is there but no mount: the volume is filled anew', () => {
    const { fs, secret, setUp, directory } = createWorld()
    secret('mysecret', { a: '1' })
    const pod = podWith(secretVolume())
    setUp(pod)
    fs.reboot()
    expect(tree(fs, directory(pod))).toEqual({})
    expect(setUp(pod)).toBe('changed')
    expect(tree(fs, directory(pod))).toEqual({ a: '1' })
    expect(fs.isMountPoint(directory(pod))).toBe(true)
  })
})
