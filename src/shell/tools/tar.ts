import { errorText } from '../../fs/error-text.ts'
import type { FileStat, FsResult } from '../../fs/node-fs.ts'
import { joinPath } from '../../fs/path.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, bytesToByteText, byteTextToBytes, fromByteText, toByteText } from '../byte-text.ts'
import { archiveEnd, type Member, readArchive, writeMember } from './tar-format.ts'
import { complain, notSimulated, say, type Tool, type ToolContext } from './tool.ts'

interface Order {
  readonly action: 'c' | 'x' | 't'
  readonly file: ByteText
  readonly directory: string
  readonly isVerbose: boolean
  /** `-O`: contents go to standard output. */
  readonly toOutput: boolean
  readonly operands: readonly ByteText[]
}

/** Archives without compression. Sources: busybox archival/tar.c; GNU tar. */
export const tar: Tool = (context) => {
  const order = orderOf(context)
  if (typeof order === 'number') return order
  return order.action === 'c' ? create(context, order) : read(context, order)
}

/** The first word may be letters without a dash; letters that take a value take the next words in turn. */
function orderOf(context: ToolContext): Order | number {
  const { args, shell } = context
  const found = new Map<string, ByteText>()
  const operands: ByteText[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--') {
      operands.push(...args.slice(i + 1))
      break
    }
    if (arg === '--no-same-permissions' || arg === '--no-same-owner') continue
    if (i > 0 && !(arg.startsWith('-') && arg.length > 1)) {
      operands.push(arg)
      continue
    }
    for (const letter of arg.replace(/^-/, ''))
      found.set(letter, letter === 'f' || letter === 'C' ? (args[++i] ?? '') : '')
  }
  const unknown = [...found.keys()].find((letter) => !'cxtfCvmOopk'.includes(letter))
  if (unknown !== undefined)
    return 'zjJZa'.includes(unknown)
      ? notSimulated(context, 'compressed archives')
      : complain(
          context,
          say(context, `invalid option -- '${unknown}'`, `unrecognized option: ${unknown}`),
          say(context, 64, 1),
        )
  const action = (['c', 'x', 't'] as const).find((letter) => found.has(letter))
  if (action === undefined)
    return complain(
      context,
      say(context, "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options", 'no action'),
      1,
    )
  return {
    action,
    file: found.get('f') ?? '-',
    directory: found.has('C') ? shell.path(found.get('C') ?? '') : shell.directory,
    isVerbose: found.has('v'),
    toOutput: found.has('O'),
    operands,
  }
}

function* read(context: ToolContext, order: Order): Steps<number> {
  const { shell, files } = context
  let bytes: ByteText
  if (order.file === '-') bytes = yield* context.stdin.all(context.held)
  else {
    const content = files.readFile(shell.path(order.file))
    if (!content.ok) return complain(context, `can't open '${order.file}': ${errorText(content.code)}`)
    bytes = bytesToByteText(content.value)
  }
  const members = readArchive(bytes)
  if (typeof members === 'string') return complain(context, members)
  let code = 0
  for (const member of members) {
    if (order.operands.length > 0 && !order.operands.some((each) => isMeant(member.name, each))) continue
    if (order.action === 't' || order.isVerbose) context.out(`${member.name}\n`)
    if (order.action === 'x') code = extract(context, order, member) || code
  }
  return code
}

function isMeant(name: ByteText, operand: ByteText): boolean {
  const wanted = operand.replace(/\/$/, '')
  return name === wanted || name.startsWith(`${wanted}/`)
}

/** Nothing is written outside of the directory. Source: busybox archival/libarchive/unsafe_prefix.c. */
function safeName(name: ByteText): string {
  const parts = fromByteText(name).split('/')
  const last = parts.lastIndexOf('..')
  return parts
    .slice(last + 1)
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

function extract(context: ToolContext, { directory, toOutput }: Order, member: Member): number {
  const { files } = context
  const name = safeName(member.name)
  if (toOutput) {
    if (member.type === 'file') context.out(member.content)
    return 0
  }
  if (name === '') return 0
  const path = joinPath(directory, name)
  if (member.type === 'directory') return told(context, member.name, files.mkdirAll(path, member.mode))
  const above = files.mkdirAll(joinPath(path, '..'), 0o777)
  if (!above.ok) return told(context, member.name, above)
  if (member.type === 'symlink') {
    files.unlink(path)
    return told(context, member.name, files.symlink(fromByteText(member.link), path))
  }
  const written = files.writeFile(path, byteTextToBytes(member.content), member.mode)
  return told(context, member.name, written.ok ? files.chmod(path, member.mode) : written)
}

function told(context: ToolContext, name: ByteText, result: FsResult): number {
  return result.ok ? 0 : complain(context, `can't open '${name}': ${errorText(result.code)}`)
}

function create(context: ToolContext, order: Order): number {
  const { shell, files } = context
  if (order.operands.length === 0)
    return complain(
      context,
      say(context, 'Cowardly refusing to create an empty archive', 'empty archive'),
      say(context, 2, 1),
    )
  const parts: ByteText[] = []
  let code = 0
  let isTold = false
  const tellOfSlash = (): void => {
    if (isTold) return
    isTold = true
    complain(context, say(context, "Removing leading `/' from member names", "removing leading '/' from member names"))
  }
  const add = (name: ByteText): void => {
    const path = joinPath(order.directory, fromByteText(name))
    const stored = name.replace(/^\/+/, '')
    const stat = files.lstat(path)
    // busybox looks at a file before it looks at its name.
    if (stored !== name && (stat.ok || say(context, true, false))) tellOfSlash()
    const member = stat.ok ? memberOf(context, path, stored, stat.value) : errorText(stat.code)
    if (typeof member === 'string') {
      const [gnu, busybox] = stat.ok
        ? [`${name}: Cannot open: ${member}`, `can't open '${name}': ${member}`]
        : [`${name}: Cannot stat: ${member}`, `${name}: ${member}`]
      code = complain(context, say(context, gnu, busybox), say(context, 2, 1))
      return
    }
    if (order.isVerbose) context.err(`${stored}\n`)
    parts.push(writeMember(member))
    if (member.type !== 'directory') return
    const inner = files.readdir(path)
    for (const entry of inner.ok ? inner.value : []) add(`${name.replace(/\/$/, '')}/${toByteText(entry)}`)
  }
  for (const operand of order.operands) add(operand)
  parts.push(archiveEnd)
  const archive = parts.join('')
  if (order.file === '-') context.out(archive)
  else {
    const written = files.writeFile(shell.path(order.file), byteTextToBytes(archive))
    if (!written.ok) return complain(context, `can't open '${order.file}': ${errorText(written.code)}`)
  }
  if (code === 0) return 0
  const last = say(
    context,
    'Exiting with failure status due to previous errors',
    'error exit delayed from previous errors',
  )
  return complain(context, last, code)
}

/** What lies at a path; a text says why it cannot be read. */
function memberOf({ files }: ToolContext, path: string, stored: ByteText, stat: FileStat): Member | string {
  const { type, mode, uid, gid, mtimeMs, target = '' } = stat
  const content = type === 'file' ? files.readFile(path) : undefined
  if (content?.ok === false) return errorText(content.code)
  return {
    name: type === 'directory' ? `${stored.replace(/\/$/, '')}/` : stored,
    type,
    mode,
    uid,
    gid,
    mtimeSeconds: Math.max(0, Math.floor(mtimeMs / 1000)),
    link: toByteText(target),
    content: content === undefined ? '' : bytesToByteText(content.value),
  }
}
