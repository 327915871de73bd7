import type { VirtualFiles } from '../../src/fs/virtual-files.ts'

/** Files in memory, for tests of command lines. */
export class MemoryFiles implements VirtualFiles {
  readonly workingDirectory = '/work/w'
  readonly contents = new Map<string, Uint8Array>()

  resolve(path: string): string {
    const absolute = path.startsWith('/') ? path : `${this.workingDirectory}/${path}`
    const parts: string[] = []
    for (const part of absolute.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }

  kind(path: string): 'file' | 'directory' | undefined {
    const resolved = this.resolve(path)
    if (this.contents.has(resolved)) return 'file'
    const inside = [...this.contents.keys()].some((name) => name.startsWith(resolved === '/' ? '/' : `${resolved}/`))
    return inside || `${this.workingDirectory}/`.startsWith(resolved === '/' ? '/' : `${resolved}/`)
      ? 'directory'
      : undefined
  }

  isLink(): boolean {
    return false
  }

  read(path: string): Uint8Array | undefined {
    return this.contents.get(this.resolve(path))
  }

  list(path: string): readonly string[] | undefined {
    if (this.kind(path) !== 'directory') return undefined
    const prefix = `${this.resolve(path)}/`
    const names = [...this.contents.keys()].flatMap((name) =>
      name.startsWith(prefix) ? [name.slice(prefix.length).split('/')[0] ?? ''] : [],
    )
    return [...new Set(names)].sort()
  }

  write(path: string, content: Uint8Array): void {
    this.contents.set(this.resolve(path), content)
  }

  remove(path: string): void {
    const resolved = this.resolve(path)
    for (const name of [...this.contents.keys()]) {
      if (name === resolved || name.startsWith(`${resolved}/`)) this.contents.delete(name)
    }
  }
}
