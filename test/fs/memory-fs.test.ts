import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goErrorText } from '../../src/fs/error-text.ts'
import { createNodeFs } from '../../src/fs/memory-fs.ts'
import type { FsChange, FsResult, NodeFs } from '../../src/fs/node-fs.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { tries } from '../tries.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (result: FsResult<Uint8Array>) => (result.ok ? new TextDecoder().decode(result.value) : result.code)
const code = (result: FsResult<unknown>) => (result.ok ? 'ok' : result.code)
const createFs = (options: { memoryBytes?: number; umask?: number } = {}) =>
  createNodeFs({ kernel: createKernel(), memoryBytes: 1 << 30, ...options })

describe('files, directories, links', () => {
  test('a file has the mode that was asked for without the umask, until chmod sets it exactly', () => {
    const fs = createFs({ umask: 0o027 })
    fs.mkdirAll('/a/b', 0o777)
    fs.writeFile('/a/b/c', bytes('x'), 0o666)
    expect(fs.stat('/a/b')).toMatchObject({ value: { mode: 0o750, links: 2 } })
    expect(fs.stat('/a/b/c')).toMatchObject({ value: { mode: 0o640, size: 1, links: 1 } })
    fs.chmod('/a/b/c', 0o666)
    expect(fs.stat('/a/b/c')).toMatchObject({ value: { mode: 0o666 } })
  })

  test('links are followed through directories, relative to where they stand', () => {
    const fs = createFs()
    fs.mkdirAll('/v/..2020', 0o755)
    fs.writeFile('/v/..2020/key', bytes('one'))
    fs.symlink('..2020', '/v/..data')
    fs.symlink('..data/key', '/v/key')
    expect(text(fs.readFile('/v/key'))).toBe('one')
    expect(fs.realpath('/v/key')).toMatchObject({ value: '/v/..2020/key' })
    expect(fs.lstat('/v/key')).toMatchObject({
      value: { type: 'symlink', mode: 0o777, size: 10, target: '..data/key' },
    })
  })

  test('a circle of links is ELOOP, a link to nothing ENOENT', () => {
    const fs = createFs()
    fs.symlink('b', '/a')
    fs.symlink('a', '/b')
    fs.symlink('nothing', '/c')
    expect(code(fs.readFile('/a'))).toBe('ELOOP')
    expect(code(fs.readFile('/c'))).toBe('ENOENT')
    expect(code(fs.readlink('/c'))).toBe('ok')
  })

  test('a name over 255 bytes is refused, also when its characters are fewer', () => {
    const fs = createFs()
    expect(code(fs.writeFile(`/${'a'.repeat(256)}`, bytes('')))).toBe('ENAMETOOLONG')
    expect(code(fs.writeFile(`/${'é'.repeat(128)}`, bytes('')))).toBe('ENAMETOOLONG')
    expect(code(fs.writeFile(`/${'a'.repeat(255)}`, bytes('')))).toBe('ok')
  })

  test('names like those of JavaScript objects are names like any other', () => {
    const fs = createFs()
    expect(code(fs.readFile('/__proto__'))).toBe('ENOENT')
    fs.writeFile('/constructor', bytes('x'))
    expect(fs.readdir('/')).toMatchObject({ value: ['constructor'] })
  })

  test('errors are told in the words of Go', () => {
    expect(goErrorText('open', '/x', 'ENOENT')).toBe('open /x: no such file or directory')
    expect(goErrorText('mkdir', '/x', 'EROFS')).toBe('mkdir /x: read-only file system')
  })
})

describe('tmpfs', () => {
  test('S2 a tmpfs hides the directory below it and takes its files along when it goes', () => {
    const fs = createFs()
    fs.mkdirAll('/m/', 0o755)
    fs.writeFile('/m/disk', bytes('d'))
    fs.mountTmpfs('/m', { mode: 0o1777 })
    expect(fs.stat('/m')).toMatchObject({ value: { mode: 0o1777, size: 40 } })
    fs.writeFile('/m/secret', bytes('s'))
    expect(fs.readdir('/m')).toMatchObject({ value: ['secret'] })
    expect(fs.isOnTmpfs('/m/secret')).toBe(true)
    expect(fs.tmpfsUsage()).toEqual([{ mountPoint: '/m', usedBytes: 4096, sizeBytes: undefined }])
    expect(code(fs.unmount('/m'))).toBe('ok')
    expect(fs.readdir('/m')).toMatchObject({ value: ['disk'] })
    expect(fs.tmpfsUsage()).toEqual([])
  })

  test('11 its size counts whole pages, and a full one refuses to grow', () => {
    const fs = createFs()
    fs.mkdir('/m', 0o755)
    fs.mountTmpfs('/m', { mode: 0o1777, sizeBytes: 8192 })
    expect(code(fs.writeFile('/m/a', bytes('1')))).toBe('ok')
    expect(code(fs.writeFile('/m/b', new Uint8Array(4097)))).toBe('ENOSPC')
    expect(code(fs.writeFile('/m/b', new Uint8Array(4096)))).toBe('ok')
    expect(code(fs.writeFile('/m/c', bytes('1')))).toBe('ENOSPC')
    fs.unlink('/m/a')
    expect(code(fs.writeFile('/m/c', bytes('1')))).toBe('ok')
  })

  test('11 without a size it holds half of the memory', () => {
    const fs = createFs({ memoryBytes: 4 * 4096 })
    fs.mkdir('/m', 0o755)
    fs.mountTmpfs('/m', { mode: 0o1777 })
    expect(code(fs.writeFile('/m/a', new Uint8Array(2 * 4096)))).toBe('ok')
    expect(code(fs.appendFile('/m/a', bytes('1')))).toBe('ENOSPC')
  })

  test('a mount with another one inside is busy until that is gone', () => {
    const fs = createFs()
    fs.mkdir('/m', 0o755)
    fs.mountTmpfs('/m', { mode: 0o1777 })
    fs.mkdir('/m/inner', 0o755)
    fs.mountTmpfs('/m/inner', { mode: 0o1777 })
    expect(code(fs.unmount('/m'))).toBe('EBUSY')
    expect(code(fs.unmount('/m/inner'))).toBe('ok')
    expect(code(fs.unmount('/m'))).toBe('ok')
    expect(code(fs.unmount('/m'))).toBe('EINVAL')
  })

  test('the kernel lists the newest name first, readdir sorts', () => {
    const fs = createFs()
    fs.mkdir('/m', 0o755)
    fs.mountTmpfs('/m', { mode: 0o1777 })
    for (const name of ['c', 'a', 'b']) fs.writeFile(`/m/${name}`, bytes(name))
    expect(fs.directoryOrder('/m')).toMatchObject({ value: ['b', 'a', 'c'] })
    expect(fs.readdir('/m')).toMatchObject({ value: ['a', 'b', 'c'] })
  })

  test('L6 a reboot loses all mounts and keeps what is on disk', () => {
    const fs = createFs()
    fs.mkdirAll('/pods/v', 0o755)
    fs.writeFile('/pods/ready', bytes(''))
    fs.mountTmpfs('/pods/v', { mode: 0o1777 })
    fs.writeFile('/pods/v/secret', bytes('s'))
    fs.reboot()
    expect(fs.isMountPoint('/pods/v')).toBe(false)
    expect(fs.readdir('/pods/v')).toMatchObject({ value: [] })
    expect(code(fs.stat('/pods/ready'))).toBe('ok')
  })
})

describe('bind mounts', () => {
  test('U4 a bind mount holds the file that was there, whatever its path becomes', () => {
    const fs = createFs()
    fs.mkdirAll('/v/one', 0o755)
    fs.writeFile('/v/one/key', bytes('old'))
    fs.writeFile('/bound', bytes(''))
    expect(code(fs.bindMount('/v/one/key', '/bound'))).toBe('ok')
    fs.removeAll('/v/one')
    fs.mkdirAll('/v/one', 0o755)
    fs.writeFile('/v/one/key', bytes('new'))
    expect(text(fs.readFile('/bound'))).toBe('old')
    expect(fs.stat('/bound')).toMatchObject({ value: { links: 0 } })
    expect(code(fs.unlink('/bound'))).toBe('EBUSY')
    fs.unmount('/bound')
    expect(code(fs.unlink('/bound'))).toBe('ok')
  })

  test('11 a file without a name takes memory until its last bind mount is gone', () => {
    const fs = createFs()
    fs.mkdir('/m', 0o755)
    fs.mountTmpfs('/m', { mode: 0o1777 })
    fs.writeFile('/m/f', bytes('x'))
    fs.writeFile('/bound', bytes(''))
    fs.bindMount('/m/f', '/bound')
    fs.unlink('/m/f')
    expect(fs.tmpfsUsage()[0]?.usedBytes).toBe(4096)
    fs.unmount('/bound')
    expect(fs.tmpfsUsage()[0]?.usedBytes).toBe(0)
  })
})

describe('containers', () => {
  const node = () => {
    const fs = createFs()
    fs.mkdirAll('/vol', 0o755)
    fs.mountTmpfs('/vol', { mode: 0o1777 })
    fs.writeFile('/vol/key', bytes('v1'), 0o400)
    return fs
  }
  const mounts = [{ containerPath: '/etc/foo', hostPath: '/vol', readOnly: true }]

  test('V1 V8 a mounted volume is read, and not written, through the container', () => {
    const fs = node()
    const view = fs.containerView({ rootFiles: { '/etc/os': bytes('busybox') }, mounts, readOnlyRoot: false })
    expect(text(view.readFile('/etc/foo/key'))).toBe('v1')
    expect(code(view.writeFile('/etc/foo/key', bytes('no')))).toBe('EROFS')
    expect(code(view.writeFile('/etc/foo/new', bytes('no')))).toBe('EROFS')
    expect(code(view.chmod('/etc/foo/key', 0o777))).toBe('EROFS')
    expect(code(view.unlink('/etc/foo/key'))).toBe('EROFS')
    expect(code(view.rmdir('/etc/foo'))).toBe('EBUSY')
    expect(code(view.writeFile('/etc/own', bytes('yes')))).toBe('ok')
    fs.writeFile('/vol/key', bytes('v2'))
    expect(text(view.readFile('/etc/foo/key'))).toBe('v2')
  })

  test('S3 a container sees nothing but its image and its mounts, and its files are its own', () => {
    const fs = node()
    const one = fs.containerView({ rootFiles: {}, mounts, readOnlyRoot: false })
    const two = fs.containerView({ rootFiles: {}, mounts: [], readOnlyRoot: false })
    one.writeFile('/tmp/x', bytes('x'))
    expect(code(two.stat('/tmp/x'))).toBe('ENOENT')
    expect(code(two.stat('/etc/foo'))).toBe('ENOENT')
    expect(code(two.stat('/vol'))).toBe('ENOENT')
    expect(code(one.readFile('/../../vol/key'))).toBe('ENOENT')
    expect(code(fs.stat('/tmp/x'))).toBe('ENOENT')
  })

  test('a read-only root refuses writes except below writable mounts', () => {
    const fs = node()
    const view = fs.containerView({
      rootFiles: {},
      mounts: [{ containerPath: '/data', hostPath: '/vol', readOnly: false }],
      readOnlyRoot: true,
    })
    expect(code(view.writeFile('/tmp/x', bytes('x')))).toBe('EROFS')
    expect(code(view.writeFile('/data/x', bytes('x')))).toBe('ok')
    expect(code(fs.stat('/vol/x'))).toBe('ok')
  })

  test('V5 a user who is not root reads only what mode, owner and group allow', () => {
    const fs = node()
    const user = { uid: 1000, gid: 1000, groups: [1234] }
    const view = fs.containerView({ rootFiles: {}, mounts, readOnlyRoot: false, user })
    expect(code(view.readFile('/etc/foo/key'))).toBe('EACCES')
    fs.chown('/vol/key', -1, 1234)
    expect(code(view.readFile('/etc/foo/key'))).toBe('EACCES')
    fs.chmod('/vol/key', 0o440)
    expect(text(view.readFile('/etc/foo/key'))).toBe('v1')
    expect(code(view.mkdir('/etc/bar', 0o755))).toBe('EACCES')
  })

  test('a single file can be mounted over a path of the image', () => {
    const fs = node()
    const view = fs.containerView({
      rootFiles: { '/etc/conf/a': bytes('image') },
      mounts: [{ containerPath: '/etc/conf/a', hostPath: '/vol/key', readOnly: true }],
      readOnlyRoot: false,
    })
    expect(text(view.readFile('/etc/conf/a'))).toBe('v1')
  })

  test('what a container changes in a volume is told with its path on the node', () => {
    const fs = node()
    const told: FsChange[] = []
    fs.observe((change) => told.push(change))
    const view = fs.containerView({
      rootFiles: {},
      mounts: [{ containerPath: '/data', hostPath: '/vol', readOnly: false }],
      readOnlyRoot: false,
    })
    view.writeFile('/data/x', bytes('x'))
    view.writeFile('/tmp/own', bytes('x'))
    expect(told.map(({ op, path }) => `${op} ${path}`)).toEqual(['create /vol/x', 'write /vol/x'])
  })
})

/** The plainest file system that one can think of: one map from path to entry, no inodes, no mounts. */
class PlainModel {
  readonly entries = new Map<string, string | undefined>([['', undefined]]) // undefined: a directory

  parent(path: string): string | undefined {
    const above = path.slice(0, path.lastIndexOf('/'))
    for (let at = above; at !== ''; at = at.slice(0, at.lastIndexOf('/')))
      if (this.entries.get(at) !== undefined) return 'ENOTDIR'
    return this.entries.has(above) ? undefined : 'ENOENT'
  }
  isDirectory = (path: string) => this.entries.has(path) && this.entries.get(path) === undefined
  children = (path: string) => [...this.entries.keys()].filter((each) => each.startsWith(`${path}/`))

  run(op: string, a: string, b: string): string {
    const missing = this.parent(a)
    if (missing !== undefined) return missing
    switch (op) {
      case 'mkdir':
        if (this.entries.has(a)) return 'EEXIST'
        this.entries.set(a, undefined)
        return 'ok'
      case 'write':
        if (this.isDirectory(a)) return 'EISDIR'
        this.entries.set(a, b)
        return 'ok'
      case 'read':
        return this.isDirectory(a) ? 'EISDIR' : (this.entries.get(a) ?? 'ENOENT')
      case 'unlink':
        if (!this.entries.has(a)) return 'ENOENT'
        if (this.isDirectory(a)) return 'EISDIR'
        this.entries.delete(a)
        return 'ok'
      case 'rmdir':
        if (!this.entries.has(a)) return 'ENOENT'
        if (!this.isDirectory(a)) return 'ENOTDIR'
        if (this.children(a).length > 0) return 'ENOTEMPTY'
        this.entries.delete(a)
        return 'ok'
      case 'remove':
        for (const each of [a, ...this.children(a)]) this.entries.delete(each)
        return 'ok'
      default:
        return this.rename(a, b)
    }
  }

  rename(a: string, b: string): string {
    if (!this.entries.has(a)) return 'ENOENT'
    const missing = this.parent(b)
    if (missing !== undefined) return missing
    if (a === b) return 'ok'
    if (b.startsWith(`${a}/`)) return 'EINVAL'
    if (this.isDirectory(a) && this.entries.has(b) && !this.isDirectory(b)) return 'ENOTDIR'
    if (!this.isDirectory(a) && this.isDirectory(b)) return 'EISDIR'
    if (this.children(b).length > 0) return 'ENOTEMPTY'
    const moved = [a, ...this.children(a)].map((each) => [b + each.slice(a.length), this.entries.get(each)] as const)
    for (const each of [a, ...this.children(a)]) this.entries.delete(each)
    for (const [path, content] of moved) this.entries.set(path, content)
    return 'ok'
  }
}

function runOnFs(fs: NodeFs, op: string, a: string, b: string): string {
  switch (op) {
    case 'mkdir':
      return code(fs.mkdir(a, 0o755))
    case 'write':
      return code(fs.writeFile(a, bytes(b)))
    case 'read':
      return text(fs.readFile(a))
    case 'unlink':
      return code(fs.unlink(a))
    case 'rmdir':
      return code(fs.rmdir(a))
    case 'remove':
      return code(fs.removeAll(a))
    default:
      return code(fs.rename(a, b))
  }
}

describe('against a plain model', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
    .map((parts) => `/${parts.join('/')}`)
  const op = fc.constantFrom('mkdir', 'mkdir', 'write', 'read', 'unlink', 'rmdir', 'remove', 'rename', 'rename')

  test('any series of operations gives the answers and leaves the tree of the model', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(op, path, path), { maxLength: 60 }), fc.boolean(), (operations, onTmpfs) => {
        const fs = createFs()
        const base = onTmpfs ? '/m' : ''
        fs.mkdir('/m', 0o755)
        if (onTmpfs) fs.mountTmpfs('/m', { mode: 0o1777 })
        else fs.rmdir('/m')
        const model = new PlainModel()
        const lines = operations.map(([name, a, b]) => {
          const expected = name === 'remove' && model.parent(a) !== undefined ? 'ok' : model.run(name, a, b)
          const target = name === 'write' ? b : base + b
          return {
            expected: `${name} ${a} ${b} ${expected}`,
            found: `${name} ${a} ${b} ${runOnFs(fs, name, base + a, target)}`,
          }
        })
        expect(lines.map(({ found }) => found)).toEqual(lines.map(({ expected }) => expected))
        const walk = (at: string): string[] => {
          const names = fs.readdir(base + at || '/')
          return names.ok ? names.value.flatMap((each) => [`${at}/${each}`, ...walk(`${at}/${each}`)]) : []
        }
        expect(walk('').sort()).toEqual([...model.entries.keys()].filter((each) => each !== '').sort())
        const pages = [...model.entries.values()].filter((content) => content !== undefined && content !== '').length
        if (onTmpfs) expect(fs.tmpfsUsage()[0]?.usedBytes).toBe(pages * 4096)
      }),
      { numRuns: tries(300) },
    )
  })
})
