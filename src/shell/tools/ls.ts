/** ls, whose output is never a terminal here: one name a line. Sources: GNU coreutils, ls.c; busybox 1.31 coreutils/ls.c. */
import { errorText } from '../../fs/error-text.ts'
import type { FileStat } from '../../fs/node-fs.ts'
import { compareBytes } from '../../fs/path.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import { isDevice } from '../engine/devices.ts'
import { blocksOf, groupName, humanSize, listDate, modeString, statDate, userName } from './format.ts'
import { complain, type Options, options, say, type Tool, type ToolContext } from './tool.ts'

interface Entry {
  readonly name: ByteText
  readonly path: string
  readonly stat: FileStat
}

export const ls: Tool = (context) => {
  const given = options(
    context,
    '1aAlRdhinrtSLpFkHsxCcuegoGqXfNvU',
    {
      all: 'a',
      'almost-all': 'A',
      directory: 'd',
      reverse: 'r',
      recursive: 'R',
      'human-readable': 'h',
      inode: 'i',
      dereference: 'L',
      classify: 'F',
      'numeric-uid-gid': 'n',
      'full-time': 'e',
      color: '1',
    },
    { badCode: say(context, 2, 1) },
  )
  if (typeof given === 'number') return given
  const paths = given.operands.length === 0 ? ['.'] : given.operands
  let code = 0
  const files: Entry[] = []
  const directories: Entry[] = []
  for (const path of paths) {
    const at = context.shell.path(path)
    // A link on the command line is followed, except where it is to be shown itself.
    const follows =
      given.has('L') || given.has('H') || !['l', 'i', 'n', 'F', 'd', 'g', 'o'].some((letter) => given.has(letter))
    const followed = follows ? context.files.stat(at) : undefined
    const stat = followed?.ok ? followed : context.files.lstat(at)
    if (!stat.ok && isDevice(context.shell.logicalPath(path))) {
      context.out(`${path}\n`)
      continue
    }
    if (!stat.ok) {
      code = complain(
        context,
        say(context, `cannot access '${path}': ${errorText(stat.code)}`, `${path}: ${errorText(stat.code)}`),
        say(context, 2, 1),
      )
      continue
    }
    const list = stat.value.type === 'directory' && !given.has('d') ? directories : files
    list.push({ name: path, path: at, stat: stat.value })
  }
  const lister = new Lister(context, given, paths.length > 1 || given.has('R'))
  lister.show(lister.sorted(files))
  for (const directory of lister.sorted(directories)) lister.directory(directory, files.length > 0)
  return code === 0 ? lister.code : code
}

class Lister {
  code = 0
  readonly #context: ToolContext
  readonly #given: Options
  readonly #hasHeadings: boolean
  #isFirst = true

  constructor(context: ToolContext, given: Options, hasHeadings: boolean) {
    this.#context = context
    this.#given = given
    this.#hasHeadings = hasHeadings
  }

  sorted(entries: readonly Entry[]): readonly Entry[] {
    const given = this.#given
    if (given.has('U') || given.has('f')) return entries
    const order = [...entries].sort((a, b) => {
      if (given.has('t') && a.stat.mtimeMs !== b.stat.mtimeMs) return b.stat.mtimeMs - a.stat.mtimeMs
      if (given.has('S') && a.stat.size !== b.stat.size) return b.stat.size - a.stat.size
      return compareBytes(a.name, b.name)
    })
    return given.has('r') ? order.reverse() : order
  }

  directory({ name, path }: Entry, hasFilesBefore: boolean): void {
    const { files } = this.#context
    if (this.#hasHeadings) this.#context.out(`${!this.#isFirst || hasFilesBefore ? '\n' : ''}${name}:\n`)
    this.#isFirst = false
    const names = files.readdir(path)
    if (!names.ok) {
      this.code = complain(
        this.#context,
        say(
          this.#context,
          `cannot open directory '${name}': ${errorText(names.code)}`,
          `can't open '${name}': ${errorText(names.code)}`,
        ),
        say(this.#context, 2, 1),
      )
      return
    }
    const given = this.#given
    const shown = given.has('a')
      ? ['.', '..', ...names.value]
      : names.value.filter((each) => given.has('A') || !each.startsWith('.'))
    const entries: Entry[] = []
    for (const each of shown) {
      const at = `${path}/${each}`
      const stat = given.has('L') ? files.stat(at) : files.lstat(at)
      if (stat.ok) entries.push({ name: toByteText(each), path: at, stat: stat.value })
    }
    if (this.#isLong || given.has('s')) this.#context.out(`total ${this.#total(entries)}\n`)
    const sorted = this.sorted(entries)
    this.show(sorted)
    if (!given.has('R')) return
    for (const entry of sorted)
      if (entry.stat.type === 'directory' && entry.name !== '.' && entry.name !== '..')
        this.directory({ ...entry, name: `${name === '/' ? '' : name}/${entry.name}` }, false)
  }

  show(entries: readonly Entry[]): void {
    if (this.#context.voice === 'gnu' && this.#isLong) this.#showAligned(entries)
    else for (const entry of entries) this.#context.out(`${this.#line(entry)}\n`)
  }

  get #isLong(): boolean {
    return ['l', 'n', 'e', 'g', 'o'].some((letter) => this.#given.has(letter))
  }

  #total(entries: readonly Entry[]): string {
    const blocks = entries.reduce((sum, { path, stat }) => sum + blocksOf(stat, isOnTmpfs(this.#context, path)), 0)
    const kilobytes = (blocks + 1) >> 1
    return this.#given.has('h') && this.#context.voice === 'gnu' ? humanSize(kilobytes * 1024) : String(kilobytes)
  }

  #suffix({ type, mode }: FileStat): string {
    if (this.#given.has('F')) return { directory: '/', symlink: '@', file: (mode & 0o111) !== 0 ? '*' : '' }[type]
    return this.#given.has('p') && type === 'directory' ? '/' : ''
  }

  #columns({ name, path, stat }: Entry): {
    readonly head: string
    readonly cells: readonly string[]
    readonly name: string
  } {
    const given = this.#given
    const numeric = given.has('n')
    const size = given.has('h') ? humanSize(stat.size) : String(stat.size)
    const date = given.has('e')
      ? this.#fullDate(stat.mtimeMs)
      : listDate(stat.mtimeMs, this.#context.shell.world.epochNow())
    const inode = given.has('i') ? String(stat.inode) : undefined
    const blocks = given.has('s') ? String(blocksOf(stat, isOnTmpfs(this.#context, path)) >> 1) : undefined
    const arrow = stat.target === undefined || !this.#isLong ? '' : ` -> ${toByteText(stat.target)}`
    const mark = this.#isLong && stat.type === 'symlink' ? '' : this.#suffix(stat)
    return {
      head: [
        inode?.padStart(this.#context.voice === 'gnu' ? 0 : 7),
        blocks?.padStart(this.#context.voice === 'gnu' ? 0 : 6),
      ]
        .map((each) => (each === undefined ? '' : `${each} `))
        .join(''),
      cells: [
        modeString(stat),
        String(stat.links),
        given.has('g') ? '' : numeric ? String(stat.uid) : userName(stat.uid),
        given.has('o') || given.has('G') ? '' : numeric ? String(stat.gid) : groupName(stat.gid),
        size,
        date,
      ],
      name: `${name}${mark}${arrow}`,
    }
  }

  /** busybox tells no parts of a second. Source: busybox 1.35 coreutils/ls.c, append_column. */
  #fullDate(ms: number): string {
    return this.#context.voice === 'gnu' ? statDate(ms) : statDate(ms).replace(/\.\d+/, '')
  }

  #line(entry: Entry): string {
    const { head, cells, name } = this.#columns(entry)
    if (!this.#isLong) return head + name
    const [mode = '', links = '', owner = '', group = '', size = '', date = ''] = cells
    return `${head}${mode.padEnd(10)} ${links.padStart(4)} ${owner.slice(0, 8).padEnd(8)} ${group.slice(0, 8).padEnd(8)} ${size.padStart(this.#given.has('h') ? 6 : 9)} ${date} ${name}`
  }

  /** GNU makes each column as wide as its widest cell. */
  #showAligned(entries: readonly Entry[]): void {
    const rows = entries.map((entry) => this.#columns(entry))
    const width = (i: number): number => Math.max(0, ...rows.map(({ cells }) => cells[i]?.length ?? 0))
    const widths = [0, 1, 2, 3, 4].map(width)
    for (const { head, cells, name } of rows) {
      const [mode = '', links = '', owner = '', group = '', size = '', date = ''] = cells
      const people = [owner.padEnd(widths[2] ?? 0), group.padEnd(widths[3] ?? 0)]
        .filter((cell) => cell !== '')
        .map((cell) => `${cell} `)
        .join('')
      this.#context.out(
        `${head}${mode} ${links.padStart(widths[1] ?? 0)} ${people}${size.padStart(widths[4] ?? 0)} ${date} ${name}\n`,
      )
    }
  }
}

/** The mount in which a path lies. */
export function mountOf(
  { files }: Pick<ToolContext, 'files'>,
  path: string,
): ReturnType<ToolContext['files']['mounts']>[number] | undefined {
  const real = files.realpath(path)
  const at = real.ok ? real.value : path
  let best: ReturnType<ToolContext['files']['mounts']>[number] | undefined
  for (const mount of files.mounts())
    if (
      (at === mount.path || at.startsWith(mount.path === '/' ? '/' : `${mount.path}/`)) &&
      mount.path.length >= (best?.path.length ?? 0)
    )
      best = mount
  return best
}

/** Whether a path lies on tmpfs, as its mounts say. */
export function isOnTmpfs(context: Pick<ToolContext, 'files'>, path: string): boolean {
  return mountOf(context, path)?.type === 'tmpfs'
}
