import { errorText } from '../../fs/error-text.ts'
import type { FileStat } from '../../fs/node-fs.ts'
import { compareBytes } from '../../fs/path.ts'
import { absolute, invalidOption, parseOptions, type ToolContext } from '../tool.ts'
import { blocksOf, groupName, listDate, modeString, userName } from './format.ts'

interface Entry {
  readonly name: string
  readonly path: string
  readonly stat: FileStat
}

/** Source of formats and order: busybox 1.31 coreutils/ls.c (output is never a terminal here: one name a line). */
export function ls(context: ToolContext): number {
  const options = parseOptions(context.args, '1aAlRdhinrtSLpFksxCcuegT')
  if (typeof options === 'string') return invalidOption(context, options)
  const { flags, operands } = options
  const paths = operands.length === 0 ? ['.'] : operands
  let code = 0
  const files: Entry[] = []
  const directories: Entry[] = []
  for (const path of paths) {
    const at = absolute(context, path)
    // A link on the command line is followed, except where it is to be shown itself.
    const follows = flags.has('L') || !(flags.has('l') || flags.has('i') || flags.has('n') || flags.has('F'))
    const followed = follows ? context.files.stat(at) : undefined
    const stat = followed?.ok ? followed : context.files.lstat(at)
    if (!stat.ok) {
      context.err(`ls: ${path}: ${errorText(stat.code)}\n`)
      code = 1
      continue
    }
    const list = stat.value.type === 'directory' && !flags.has('d') ? directories : files
    list.push({ name: path, path: at, stat: stat.value })
  }
  const lister = new Lister(context, flags, directories.length + files.length > 1 || flags.has('R'))
  lister.show(lister.sorted(files))
  for (const directory of lister.sorted(directories)) lister.directory(directory, files.length > 0)
  return code === 0 ? lister.code : code
}

class Lister {
  code = 0
  readonly #context: ToolContext
  readonly #flags: ReadonlySet<string>
  readonly #hasHeadings: boolean
  #isFirst = true

  constructor(context: ToolContext, flags: ReadonlySet<string>, hasHeadings: boolean) {
    this.#context = context
    this.#flags = flags
    this.#hasHeadings = hasHeadings
  }

  sorted(entries: readonly Entry[]): readonly Entry[] {
    const order = [...entries].sort((a, b) => {
      if (this.#flags.has('t') && a.stat.mtimeMs !== b.stat.mtimeMs) return b.stat.mtimeMs - a.stat.mtimeMs
      if (this.#flags.has('S') && a.stat.size !== b.stat.size) return b.stat.size - a.stat.size
      return compareBytes(a.name, b.name)
    })
    return this.#flags.has('r') ? order.reverse() : order
  }

  directory({ name, path }: Entry, hasFilesBefore: boolean): void {
    const { out, err, files } = this.#context
    if (this.#hasHeadings) {
      if (!this.#isFirst || hasFilesBefore) out('\n')
      out(`${name}:\n`)
    }
    this.#isFirst = false
    const names = files.readdir(path)
    if (!names.ok) {
      err(`ls: can't open '${name}': ${errorText(names.code)}\n`)
      this.code = 1
      return
    }
    const shown = this.#flags.has('a')
      ? ['.', '..', ...names.value]
      : names.value.filter((each) => this.#flags.has('A') || !each.startsWith('.'))
    const entries: Entry[] = []
    for (const each of shown) {
      const at = `${path}/${each}`
      const stat = this.#flags.has('L') ? files.stat(at) : files.lstat(at)
      if (stat.ok) entries.push({ name: each, path: at, stat: stat.value })
    }
    if (this.#isLong) out(`total ${(this.#blocks(entries) + 1) >> 1}\n`)
    const sorted = this.sorted(entries)
    this.show(sorted)
    if (!this.#flags.has('R')) return
    for (const entry of sorted)
      if (entry.stat.type === 'directory' && entry.name !== '.' && entry.name !== '..')
        this.directory({ ...entry, name: `${name === '/' ? '' : name}/${entry.name}` }, false)
  }

  show(entries: readonly Entry[]): void {
    for (const entry of entries) this.#context.out(`${this.#line(entry)}\n`)
  }

  get #isLong(): boolean {
    return this.#flags.has('l') || this.#flags.has('n') || this.#flags.has('e') || this.#flags.has('g')
  }

  #blocks(entries: readonly Entry[]): number {
    return entries.reduce((sum, { path, stat }) => sum + blocksOf(stat, isOnTmpfs(this.#context, path)), 0)
  }

  #line({ name, path, stat }: Entry): string {
    const inode = this.#flags.has('i') ? `${String(stat.inode).padStart(7)} ` : ''
    const blocks = this.#flags.has('s')
      ? `${String(blocksOf(stat, isOnTmpfs(this.#context, path)) >> 1).padStart(6)} `
      : ''
    const suffix = this.#flags.has('F')
      ? { directory: '/', symlink: '@', file: (stat.mode & 0o111) !== 0 ? '*' : '' }[stat.type]
      : this.#flags.has('p') && stat.type === 'directory'
        ? '/'
        : ''
    if (!this.#isLong) return `${inode}${blocks}${name}${suffix}`
    const numeric = this.#flags.has('n')
    const owner = (numeric ? String(stat.uid) : userName(stat.uid)).slice(0, 8).padEnd(8)
    const group = (numeric ? String(stat.gid) : groupName(stat.gid)).slice(0, 8).padEnd(8)
    const size = this.#flags.has('h') ? humanSize(stat.size).padStart(6) : String(stat.size).padStart(9)
    const date = listDate(stat.mtimeMs, this.#context.task.epochNow())
    const arrow = stat.target === undefined ? '' : ` -> ${stat.target}`
    return `${inode}${blocks}${modeString(stat).padEnd(10)} ${String(stat.links).padStart(4)} ${owner} ${group} ${size} ${date} ${name}${suffix}${arrow}`
  }
}

/** Whether a path lies on tmpfs, as its mounts say. */
export function isOnTmpfs({ files }: Pick<ToolContext, 'files'>, path: string): boolean {
  const real = files.realpath(path)
  const at = real.ok ? real.value : path
  let best: { readonly path: string; readonly type: string } | undefined
  for (const mount of files.mounts())
    if (
      (at === mount.path || at.startsWith(mount.path === '/' ? '/' : `${mount.path}/`)) &&
      mount.path.length >= (best?.path.length ?? 0)
    )
      best = mount
  return best?.type === 'tmpfs'
}

/** `1.0K`, `12.3M`. Source: busybox libbb/human_readable.c. */
export function humanSize(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return unit === 0 ? String(value) : `${value.toFixed(1)}${units[unit]}`
}
