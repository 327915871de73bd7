/** df. Sources: GNU coreutils, df.c; busybox coreutils/df.c. */
import { errorText } from '../../fs/error-text.ts'
import { humanSize } from './format.ts'
import { mountOf } from './ls.ts'
import { complain, notSimulated, type Options, options, say, type Tool, type ToolContext } from './tool.ts'

type Mount = ReturnType<ToolContext['files']['mounts']>[number]

/** How much of each file system is used: of those that have a size, or of those in which the operands lie. */
export const df: Tool = (context) => {
  const longs = { 'human-readable': 'h', 'print-type': 'T', all: 'a', portability: 'P', inodes: 'i', type: 't' }
  const given = options(context, 'hkmTPait:B:', longs)
  if (typeof given === 'number') return given
  if (given.has('i')) return notSimulated(context, 'df -i')
  let code = 0
  const wanted = given.operands.map((path) => {
    const found = context.files.stat(context.shell.path(path))
    if (!found.ok)
      code = complain(context, say(context, `${path}: ${errorText(found.code)}`, `${path}: can't find mount point`))
    return found.ok ? mountOf(context, context.shell.path(path))?.path : undefined
  })
  const isShown = ({ path, capacityBytes, type }: Mount): boolean =>
    (given.operands.length > 0 ? wanted.includes(path) : capacityBytes !== undefined || given.has('a')) &&
    (!given.has('t') || given.all('t').includes(type))
  const mounts = context.files.mounts().filter(isShown)
  if (given.operands.length > 0 && mounts.length === 0 && code !== 0 && context.voice === 'gnu') return code
  context.out(say(context, gnuTable, busyboxTable)(mounts, given))
  return code
}

function sizes({ usedBytes, capacityBytes = 0 }: Mount, show: (bytes: number) => string): readonly string[] {
  const percent = capacityBytes === 0 ? 0 : Math.ceil((usedBytes * 100) / capacityBytes)
  return [capacityBytes, usedBytes, Math.max(capacityBytes - usedBytes, 0)].map(show).concat(`${percent}%`)
}

function sizeIn(given: Options, human: (bytes: number) => string): (bytes: number) => string {
  const unit = given.has('m') ? 1024 ** 2 : 1024
  return given.has('h') ? human : (bytes) => String(Math.ceil(bytes / unit))
}

/** Columns of fixed width, whatever is in them. */
function busyboxTable(mounts: readonly Mount[], given: Options): string {
  const unit = given.has('m') ? '1M-blocks' : given.has('P') ? '1024-blocks' : '1K-blocks'
  const head = given.has('h') ? '     Size' : unit
  const [kind, use] = [given.has('T') ? 'Type       ' : '', given.has('P') ? 'Capacity' : 'Use%']
  const rows = mounts.map((mount) => {
    const [size = '', used = '', free = '', percent = ''] = sizes(mount, sizeIn(given, humanSize))
    const type = given.has('T') ? ` ${mount.type.padEnd(10)}` : ''
    const columns = [size, used, free].map((each) => each.padStart(9)).join(' ')
    return `${mount.source.padEnd(20)}${type} ${columns} ${percent.padStart(4)} ${mount.path}\n`
  })
  return `Filesystem           ${kind}${head.padEnd(15)}Used Available ${use} Mounted on\n${rows.join('')}`
}

/** Least widths of columns, numbers to the right. Source: df.c, field_data. */
const leastWidths = { source: 14, type: 4, number: 5, percent: 4 } as const

/** Columns as wide as what is in them. */
function gnuTable(mounts: readonly Mount[], given: Options): string {
  const isHuman = given.has('h')
  const unit = given.has('m') ? '1M-blocks' : given.has('P') ? '1024-blocks' : '1K-blocks'
  const type = given.has('T')
  const head = ['Filesystem', ...(type ? ['Type'] : []), isHuman ? 'Size' : unit, 'Used']
  const rows = [
    [...head, isHuman ? 'Avail' : 'Available', given.has('P') ? 'Capacity' : 'Use%', 'Mounted on'],
    ...mounts.map((mount) => {
      const [size = '', used = '', free = '', percent = ''] = sizes(mount, sizeIn(given, gnuSize))
      const use = mount.capacityBytes === undefined ? '-' : percent
      return [mount.source, ...(type ? [mount.type] : []), size, used, free, use, mount.path]
    }),
  ]
  const { source, number, percent } = leastWidths
  const least = [source, ...(type ? [leastWidths.type] : []), number, number, number, percent]
  const widths = least.map((width, i) => Math.max(width, ...rows.map((row) => (row[i] ?? '').length)))
  const lefts = type ? 2 : 1
  return rows
    .map((row) => {
      const cells = row.map((cell, i) => (i < lefts ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      return `${cells.join(' ')}\n`
    })
    .join('')
}

/** `64M`, `1.5G`: rounded up. Source: gnulib human.c, human_ceiling. */
function gnuSize(bytes: number): string {
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < 4) {
    value /= 1024
    unit++
  }
  if (unit === 0) return String(value)
  const tenths = Math.ceil(value * 10) / 10
  return `${tenths < 10 ? tenths.toFixed(1) : Math.ceil(value)}${['', 'K', 'M', 'G', 'T'][unit]}`
}
