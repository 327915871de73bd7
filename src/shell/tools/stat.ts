/** stat. Sources: GNU coreutils, stat.c; busybox coreutils/stat.c, print_stat and do_stat. */
import { errorText } from '../../fs/error-text.ts'
import type { FileStat } from '../../fs/node-fs.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import { blocksOf, groupName, modeString, statDate, userName } from './format.ts'
import { isOnTmpfs, mountOf } from './ls.ts'
import { complain, options, say, type Tool, type ToolContext, usage } from './tool.ts'

/** Number that the kernel gives a mount's device; all tmpfs mounts show one, all else another. */
const devices = { tmpfs: 0x54, disk: 0x801 } as const
const blockBytes = 4096

/** Numbers of file systems and how stat calls them. Source: Linux include/uapi/linux/magic.h; coreutils stat.c, human_fstype. */
const fileSystems: Readonly<Record<string, readonly [magic: string, name: string]>> = {
  tmpfs: ['1021994', 'tmpfs'],
  overlay: ['794c7630', 'overlayfs'],
  proc: ['9fa0', 'proc'],
  sysfs: ['62656572', 'sysfs'],
  devpts: ['1cd1', 'devpts'],
  mqueue: ['19800202', 'mqueue'],
  cgroup2: ['63677270', 'cgroup2fs'],
  nfs: ['6969', 'nfs'],
  ext4: ['ef53', 'ext2/ext3'],
  disk: ['ef53', 'ext2/ext3'],
}

/** What the runtime mounts into every container beside. Source: OCI runtime-spec config-linux.md, default filesystems. */
function kernelSystem(at: string): string | undefined {
  const [, top = '', below = ''] = at.split('/')
  if (top === 'dev') return below === 'pts' ? 'devpts' : below === 'mqueue' ? 'mqueue' : 'tmpfs'
  return top === 'proc' ? 'proc' : top === 'sys' ? (at.startsWith('/sys/fs/cgroup') ? 'cgroup2' : 'sysfs') : undefined
}

/** Major and minor numbers of character devices. Source: Linux Documentation/admin-guide/devices.txt. */
const deviceNumbers: Readonly<Record<string, readonly [major: string, minor: string]>> = {
  '/dev/null': ['1', '3'],
  '/dev/zero': ['1', '5'],
  '/dev/full': ['1', '7'],
  '/dev/random': ['1', '8'],
  '/dev/urandom': ['1', '9'],
  '/dev/tty': ['5', '0'],
}

function deviceAt(at: string): FileStat | undefined {
  if (!Object.hasOwn(deviceNumbers, at)) return undefined
  return { type: 'file', mode: 0o666, uid: 0, gid: 0, size: 0, mtimeMs: 0, links: 1, inode: 5 }
}

function deviceFields(at: string): Readonly<Record<string, string>> {
  const numbers = Object.hasOwn(deviceNumbers, at) ? deviceNumbers[at] : undefined
  if (numbers === undefined) return {}
  return { t: numbers[0], T: numbers[1], F: 'character special file', A: 'crw-rw-rw-', f: '21b6', b: '0', B: '512' }
}

/** Who has no name is called so. Source: coreutils stat.c, print_stat; busybox coreutils/stat.c. */
function named(name: string): string {
  return /^\d+$/.test(name) ? 'UNKNOWN' : name
}

export const stat: Tool = (context) => {
  const given = options(context, 'Ltfc:', {
    format: 'c',
    dereference: 'L',
    'file-system': 'f',
    terse: 't',
    printf: 'c',
  })
  if (typeof given === 'number') return given
  if (given.operands.length === 0) return usage(context, 'missing operand')
  let code = 0
  for (const path of given.operands) {
    const at = context.shell.path(path)
    const device = deviceAt(context.shell.logicalPath(path))
    const found =
      device === undefined
        ? given.has('L') || given.has('f')
          ? context.files.stat(at)
          : context.files.lstat(at)
        : ({ ok: true, value: device } as const)
    if (!found.ok) {
      const gnu = given.has('f') ? `cannot read file system information for '${path}'` : `cannot statx '${path}'`
      code = complain(
        context,
        say(
          context,
          `${gnu}: ${errorText(found.code)}`,
          `can't ${given.has('f') ? 'read file system information for' : 'stat'} '${path}': ${errorText(found.code)}`,
        ),
      )
      continue
    }
    const fields = given.has('f')
      ? systemFields(context, path, at)
      : {
          ...fieldsOf(context, path, found.value, isOnTmpfs(context, at)),
          ...deviceFields(context.shell.logicalPath(path)),
        }
    const isPrintf = context.args.some((arg) => arg.startsWith('--printf'))
    const format = given.value('c')
    const text =
      format === undefined
        ? given.has('f')
          ? systemText
          : defaultText(context, found.value)
        : isPrintf
          ? format.replaceAll('\\n', '\n')
          : `${format}\n`
    context.out(
      text.replace(/%([0-9-]*)([a-zA-Z%])/g, (whole, width: string, letter: string) => {
        const value = Object.hasOwn(fields, letter) ? (fields[letter] ?? whole) : whole
        const columns = Math.abs(Number(width || '0')) || 0
        context.held(columns)
        return width.startsWith('-') ? value.padEnd(columns) : value.padStart(columns)
      }),
    )
  }
  return code
}

const systemText = [
  '  File: "%n"',
  '    ID: %-8i Namelen: %-7l Type: %T',
  'Block size: %-10s',
  'Blocks: Total: %-10b Free: %-10f Available: %a',
  'Inodes: Total: %-10c Free: %d',
  '',
].join('\n')

function systemFields(context: ToolContext, path: ByteText, at: string): Readonly<Record<string, string>> {
  const mount = mountOf(context, at)
  const [magic, name] = fileSystems[kernelSystem(at) ?? mount?.type ?? 'overlay'] ?? ['0', `UNKNOWN (0x0)`]
  const total = Math.floor((mount?.capacityBytes ?? 0) / blockBytes)
  const free = total - Math.ceil((mount?.usedBytes ?? 0) / blockBytes)
  const [blocks, left] = [String(total), String(Math.max(free, 0))]
  return {
    n: path,
    i: '0',
    l: '255',
    T: name,
    t: magic,
    s: String(blockBytes),
    S: String(blockBytes),
    b: blocks,
    f: left,
    a: left,
    c: '0',
    d: '0',
    '%': '%',
  }
}

function defaultText(context: ToolContext, { type }: FileStat): string {
  const name = type === 'symlink' ? '%N' : '%n'
  if (context.voice === 'gnu')
    return [
      `  File: ${name}`,
      '  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F',
      'Device: 8,1\tInode: %-11i Links: %h',
      'Access: (%04a/%10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)',
      'Access: %x',
      'Modify: %y',
      'Change: %z',
      ' Birth: %w',
      '',
    ]
      .join('\n')
      .replace('%04a', '0%a')
  return [
    `  File: ${name}`,
    '  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F',
    'Device: %Dh/%dd\tInode: %-10i  Links: %h',
    'Access: (0%a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)',
    'Access: %x',
    'Modify: %y',
    'Change: %z',
    '',
  ].join('\n')
}

function fieldsOf(
  context: ToolContext,
  path: ByteText,
  found: FileStat,
  onTmpfs: boolean,
): Readonly<Record<string, string>> {
  const device = onTmpfs ? devices.tmpfs : devices.disk
  const seconds = String(Math.floor(found.mtimeMs / 1000))
  const time = statDate(found.mtimeMs)
  const file = found.size === 0 ? 'regular empty file' : 'regular file'
  const kind = { directory: 'directory', symlink: 'symbolic link', file }[found.type]
  const target = found.target === undefined ? undefined : toByteText(found.target)
  const link = target === undefined ? say(context, `'${path}'`, path) : `'${path}' -> '${target}'`
  return {
    a: found.mode.toString(8),
    A: modeString(found),
    b: String(blocksOf(found, onTmpfs)),
    B: '512',
    d: String(device),
    D: device.toString(16),
    f: (found.mode | { file: 0o100000, directory: 0o40000, symlink: 0o120000 }[found.type]).toString(16),
    F: kind,
    g: String(found.gid),
    G: named(groupName(found.gid)),
    h: String(found.links),
    i: String(found.inode),
    m: mountOf(context, context.shell.path(path))?.path ?? '/',
    n: path,
    N: link,
    o: String(blockBytes),
    s: String(found.size),
    t: '0',
    T: '0',
    u: String(found.uid),
    U: named(userName(found.uid)),
    w: time,
    W: seconds,
    x: time,
    X: seconds,
    y: time,
    Y: seconds,
    z: time,
    Z: seconds,
    '%': '%',
  }
}
