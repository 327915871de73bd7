import { errorText } from '../../fs/error-text.ts'
import type { FileStat } from '../../fs/node-fs.ts'
import { absolute, invalidOption, parseOptions, type ToolContext } from '../tool.ts'
import { blocksOf, groupName, modeString, statDate, userName } from './format.ts'
import { isOnTmpfs } from './ls.ts'

/** Number that the kernel gives a mount's device; all tmpfs mounts show one, all else another. */
const devices = { tmpfs: 0x54, disk: 0x801 } as const
const blockBytes = 4096

/** Source: busybox coreutils/stat.c, print_stat and do_stat. */
export function stat(context: ToolContext): number {
  const options = parseOptions(context.args, 'Lt', 'c')
  if (typeof options === 'string') return invalidOption(context, options)
  const { flags, values, operands } = options
  if (operands.length === 0) {
    context.err('BusyBox v1.31.1 multi-call binary.\n\nUsage: stat [OPTIONS] FILE...\n')
    return 1
  }
  let code = 0
  for (const path of operands) {
    const at = absolute(context, path)
    const found = flags.has('L') ? context.files.stat(at) : context.files.lstat(at)
    if (!found.ok) {
      context.err(`stat: can't stat '${path}': ${errorText(found.code)}\n`)
      code = 1
      continue
    }
    const format = values.get('c')
    const fields = fieldsOf(path, found.value, isOnTmpfs(context, at))
    const text = format === undefined ? defaultText(found.value) : `${format}\n`
    context.out(
      text.replace(/%([a-zA-Z%])/g, (whole, letter: string) =>
        Object.hasOwn(fields, letter) ? (fields[letter] ?? whole) : whole,
      ),
    )
  }
  return code
}

function defaultText({ type }: FileStat): string {
  return [
    `  File: ${type === 'symlink' ? '%N' : '%n'}`,
    '  Size: %!s\tBlocks: %!b IO Block: %!o %F'.replace('%!s', '%Q').replace('%!b', '%J').replace('%!o', '%K'),
    'Device: %Dh/%dd\tInode: %I  Links: %h',
    'Access: (0%a/%A)  Uid: (%V/%E)   Gid: (%W/%H)',
    'Access: %x',
    'Modify: %y',
    'Change: %z',
    '',
  ].join('\n')
}

/** By letter; capitals that stat does not have are columns of the default text. */
function fieldsOf(path: string, found: FileStat, onTmpfs: boolean): Readonly<Record<string, string>> {
  const device = onTmpfs ? devices.tmpfs : devices.disk
  const seconds = String(Math.floor(found.mtimeMs / 1000))
  const blocks = blocksOf(found, onTmpfs)
  const kind =
    found.type === 'directory'
      ? 'directory'
      : found.type === 'symlink'
        ? 'symbolic link'
        : found.size === 0
          ? 'regular empty file'
          : 'regular file'
  return {
    a: found.mode.toString(8),
    A: modeString(found),
    b: String(blocks),
    B: '512',
    d: String(device),
    D: device.toString(16),
    f: (found.mode | { file: 0o100000, directory: 0o40000, symlink: 0o120000 }[found.type]).toString(16),
    F: kind,
    g: String(found.gid),
    G: groupName(found.gid),
    h: String(found.links),
    i: String(found.inode),
    n: path,
    N: found.target === undefined ? path : `'${path}' -> '${found.target}'`,
    o: String(blockBytes),
    s: String(found.size),
    t: '0',
    T: '0',
    u: String(found.uid),
    U: userName(found.uid),
    x: statDate(found.mtimeMs),
    X: seconds,
    y: statDate(found.mtimeMs),
    Y: seconds,
    z: statDate(found.mtimeMs),
    Z: seconds,
    Q: String(found.size).padEnd(10),
    J: String(blocks).padEnd(10),
    K: String(blockBytes).padEnd(6),
    I: String(found.inode).padEnd(10),
    V: String(found.uid).padStart(5),
    E: userName(found.uid).padStart(8),
    W: String(found.gid).padStart(5),
    H: groupName(found.gid).padStart(8),
    '%': '%',
  }
}
