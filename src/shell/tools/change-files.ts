/** Tools that change files: mkdir, rm, touch, ln, chmod and the like. Sources: GNU coreutils; busybox coreutils. */

import { errorText } from '../../fs/error-text.ts'
import type { FsErrorCode, FsResult } from '../../fs/node-fs.ts'
import { joinPath } from '../../fs/path.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import { isDevice } from '../engine/devices.ts'
import { instantOfStamp, instantOfText } from './instants.ts'
import { changedMode } from './modes.ts'
import { complain, type Options, options, quoted, say, type Tool, type ToolContext, usage } from './tool.ts'

/** Applies `change` to each path and tells what `told` makes of a failure. */
function forEach(
  context: ToolContext,
  paths: readonly ByteText[],
  change: (path: string, shown: ByteText) => FsResult<unknown>,
  told: (path: ByteText, code: FsErrorCode) => ByteText,
): number {
  let code = 0
  for (const path of paths) {
    const done = change(context.shell.path(path), path)
    if (!done.ok) code = complain(context, told(path, done.code))
  }
  return code
}

/** Text of a refusal to change what belongs to somebody else. */
function permissionText(code: FsErrorCode): string {
  return code === 'EACCES' ? 'Operation not permitted' : errorText(code)
}

export const mkdir: Tool = (context) => {
  const given = options(context, 'pvm:', { parents: 'p', verbose: 'v', mode: 'm' })
  if (typeof given === 'number') return given
  if (given.operands.length === 0) return usage(context, 'missing operand')
  const text = given.value('m')
  const mode = text === undefined ? 0o777 : changedMode(text, 0o777)
  if (mode === undefined) return complain(context, `invalid mode ${quoted(context, text ?? '')}`)
  const make = (path: string): FsResult => {
    const made = given.has('p') ? context.files.mkdirAll(path, 0o777) : context.files.mkdir(path, mode)
    return made.ok && text !== undefined ? context.files.chmod(path, mode) : made
  }
  return forEach(
    context,
    given.operands,
    (path) => make(joinPath(path)),
    (path, code) =>
      say(
        context,
        `cannot create directory ${quoted(context, path)}: ${errorText(code)}`,
        `can't create directory '${path}': ${errorText(code)}`,
      ),
  )
}

export const rmdir: Tool = (context) => {
  const given = options(context, 'pv', { parents: 'p', 'ignore-fail-on-non-empty': 'v' })
  if (typeof given === 'number') return given
  if (given.operands.length === 0) return usage(context, 'missing operand')
  return forEach(
    context,
    given.operands,
    (path) => context.files.rmdir(path),
    (path, code) => say(context, `failed to remove '${path}': ${errorText(code)}`, `'${path}': ${errorText(code)}`),
  )
}

export const rm: Tool = (context) => {
  const given = options(context, 'rRfivd', { recursive: 'r', force: 'f', verbose: 'v' })
  if (typeof given === 'number') return given
  const { operands } = given
  if (operands.length === 0) return given.has('f') ? 0 : usage(context, 'missing operand')
  const isRecursive = given.has('r') || given.has('R')
  const head = (path: ByteText): string => say(context, `cannot remove '${path}': `, `can't remove '${path}': `)
  let code = 0
  for (const path of operands) {
    const at = context.shell.path(path)
    const stat = context.files.lstat(at)
    if (/(?:^|\/)\.\.?\/*$/.test(path)) {
      const gnu = `refusing to remove '.' or '..' directory: skipping '${path}'`
      code = complain(context, say(context, gnu, "can't remove '.' or '..'"))
    } else if (!stat.ok) {
      if (given.has('f') && (stat.code === 'ENOENT' || stat.code === 'ENOTDIR')) continue
      code = complain(context, head(path) + errorText(stat.code))
    } else if (stat.value.type === 'directory' && !isRecursive) {
      code = complain(context, say(context, `cannot remove '${path}': Is a directory`, `'${path}' is a directory`))
    } else {
      const removed = isRecursive ? context.files.removeAll(joinPath(at)) : context.files.unlink(at)
      if (removed.ok) continue
      const inside = removed.path.startsWith(at) ? path + toByteText(removed.path.slice(at.length)) : path
      code = complain(context, head(inside) + errorText(removed.code))
    }
  }
  return code
}

export const touch: Tool = (context) => {
  const given = options(context, 'camht:d:r:', { 'no-create': 'c', date: 'd', reference: 'r' })
  if (typeof given === 'number') return given
  if (given.operands.length === 0) return usage(context, 'missing file operand')
  const at = timeOf(context, given)
  if (typeof at === 'string') return complain(context, at)
  const change = (path: string, shown: ByteText): FsResult => {
    const fine: FsResult = { ok: true, value: undefined }
    if (isDevice(context.shell.logicalPath(shown))) return fine
    const isThere = context.files.stat(path).ok
    if (!isThere && given.has('c')) return fine
    const made = isThere ? fine : context.files.writeFile(path, new Uint8Array(0))
    // Access times are not kept.
    return made.ok && (isThere || at !== undefined) && (given.has('m') || !given.has('a'))
      ? context.files.touch(path, at)
      : made
  }
  return forEach(context, given.operands, change, (path, code) =>
    say(
      context,
      code === 'ENOENT' || code === 'ENOTDIR' || code === 'EROFS' || code === 'EACCES'
        ? `cannot touch '${path}': ${errorText(code)}`
        : `setting times of '${path}': ${errorText(code)}`,
      `${path}: ${errorText(code)}`,
    ),
  )
}

/** Which time a file is to have; undefined: now; a text: what is wrong. */
function timeOf(context: ToolContext, given: Options): number | undefined | string {
  const [date, stamp, reference] = [given.value('d'), given.value('t'), given.value('r')]
  if (reference !== undefined) {
    const stat = context.files.stat(context.shell.path(reference))
    if (stat.ok) return stat.value.mtimeMs
    const text = errorText(stat.code)
    return say(context, `failed to get attributes of '${reference}': ${text}`, `can't stat '${reference}': ${text}`)
  }
  const said = date ?? stamp
  if (said === undefined) return undefined
  const at = date === undefined ? instantOfStamp(context, said) : instantOfText(context, said)
  return at ?? say(context, `invalid date format ${quoted(context, said)}`, `invalid date '${said}'`)
}

/** A path, or the name of another path in it where it is a directory. */
export function inDirectory(context: ToolContext, path: ByteText, other: ByteText): string {
  const at = context.shell.path(path)
  const stat = context.files.stat(at)
  const name = joinPath(context.shell.path(other)).split('/').at(-1) ?? ''
  return stat.ok && stat.value.type === 'directory' ? joinPath(at, name) : at
}

/** All paths below a directory, itself included. */
function* tree(context: ToolContext, path: string): Generator<string, void, void> {
  yield path
  const names = context.files.readdir(path)
  const link = context.files.lstat(path)
  if (!names.ok || (link.ok && link.value.type === 'symlink')) return
  for (const name of names.value) yield* tree(context, joinPath(path, name))
}

function everyPath(context: ToolContext, paths: readonly ByteText[], isRecursive: boolean): ByteText[] {
  if (!isRecursive) return [...paths]
  return paths.flatMap((path) => {
    const at = context.shell.path(path)
    return [...tree(context, at)].map((each) => (each === at ? path : toByteText(each)))
  })
}

export const chmod: Tool = (context) => {
  const isMode = (arg: ByteText): boolean => /^-[rwxXst]+$/.test(arg) && !/^-R$/.test(arg)
  const args = context.args.filter((arg) => !isMode(arg))
  const given = options(context, 'Rfvc', { recursive: 'R', quiet: 'f', silent: 'f', verbose: 'v' }, { args })
  if (typeof given === 'number') return given
  const signed = context.args.find(isMode)
  const [mode = '', ...paths] = signed === undefined ? given.operands : [signed, ...given.operands]
  if (mode === '') return usage(context, 'missing operand')
  if (changedMode(mode, 0) === undefined)
    return context.voice === 'gnu'
      ? usage(context, `invalid mode: ${quoted(context, mode)}`)
      : complain(context, `invalid mode '${mode}'`)
  const change = (path: string): FsResult => {
    const stat = context.files.stat(path)
    return stat.ok
      ? context.files.chmod(
          path,
          changedMode(mode, stat.value.mode, stat.value.type === 'directory', context.shell.umask) ?? 0,
        )
      : stat
  }
  return forEach(context, everyPath(context, paths, given.has('R')), change, (path, code) =>
    say(
      context,
      code === 'ENOENT'
        ? `cannot access '${path}': ${errorText(code)}`
        : `changing permissions of '${path}': ${permissionText(code)}`,
      `${path}: ${permissionText(code)}`,
    ),
  )
}

/** chown and chgrp; names are those of the image's /etc/passwd and /etc/group. */
export const chown: Tool = (context) => {
  const given = options(context, 'RfvchLP', { recursive: 'R', 'no-dereference': 'h' })
  if (typeof given === 'number') return given
  const [owner, ...paths] = given.operands
  if (owner === undefined || paths.length === 0) return usage(context, 'missing operand')
  const isGroup = context.name === 'chgrp'
  const [user = '', group = ''] = isGroup ? ['', owner] : owner.split(/[:.]/)
  // What such a user owns is left as it is; whether it could be given at all is not.
  const someone = context.shell.world.takesUsers === true ? -1 : undefined
  const uid = idIn(context, '/etc/passwd', user) ?? someone
  // A colon without a group means the group that the user has at login.
  const isOfUser = !isGroup && owner.endsWith(':') && user !== ''
  const gid = isOfUser ? loginGroup(context, uid ?? -1) : (idIn(context, '/etc/group', group) ?? someone)
  const both = /[:.]/.test(owner) && user !== '' ? `user/group ${owner}` : undefined
  if (uid === undefined)
    return complain(
      context,
      say(context, `invalid user: ${quoted(context, owner)}`, `unknown ${both ?? `user ${user}`}`),
    )
  if (gid === undefined)
    return complain(
      context,
      say(context, `invalid group: ${quoted(context, owner)}`, `unknown ${both ?? `group ${group}`}`),
    )
  const change = (path: string): FsResult => {
    const real = given.has('h') ? ({ ok: true, value: path } as const) : context.files.realpath(path)
    return real.ok ? context.files.chown(real.value, uid, gid) : real
  }
  return forEach(context, everyPath(context, paths, given.has('R')), change, (path, code) =>
    say(
      context,
      code === 'ENOENT'
        ? `cannot access '${path}': ${errorText(code)}`
        : `changing ownership of '${path}': ${permissionText(code)}`,
      `${path}: ${permissionText(code)}`,
    ),
  )
}

/** The group of a user, as /etc/passwd has it; -1: none is told. */
function loginGroup(context: ToolContext, uid: number): number {
  const content = context.files.readFile('/etc/passwd')
  const text = content.ok ? String.fromCharCode(...content.value.subarray(0, 65_536)) : ''
  const row = text.split('\n').find((line) => line.split(':')[2] === String(uid))
  return row === undefined ? -1 : Number(row.split(':')[3])
}

/** Number of a name; -1 of none; undefined: there is no such name. */
export function idIn(context: ToolContext, table: string, name: ByteText): number | undefined {
  if (name === '') return -1
  if (/^\d+$/.test(name)) return Number(name)
  const content = context.files.readFile(table)
  if (!content.ok) return name === 'root' ? 0 : undefined
  const text = String.fromCharCode(...content.value.subarray(0, 65_536))
  const line = text.split('\n').find((each) => each.startsWith(`${name}:`))
  return line === undefined ? undefined : Number(line.split(':')[2])
}

/** A new empty file with a name that the seed draws. */
export const mktemp: Tool = (context) => {
  const given = options(context, 'dqup:t', { directory: 'd', tmpdir: 'p' })
  if (typeof given === 'number') return given
  const [template = 'tmp.XXXXXXXXXX'] = given.operands
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const marks = /X{3,}(?!.*X)/.exec(template)?.[0]
  if (marks === undefined)
    return complain(
      context,
      say(context, `too few X's in template ${quoted(context, template)}`, `(null): Invalid argument`),
    )
  const random = Array.from(context.shell.world.randomBytes(marks.length), (byte) =>
    letters.charAt(byte.charCodeAt(0) % letters.length),
  ).join('')
  const name = template.replace(new RegExp(`${marks}(?!.*X)`), random)
  const isHere = given.operands.length > 0 && !given.has('p') && !given.has('t')
  const path = isHere ? name : `${given.value('p') || context.shell.get('TMPDIR') || '/tmp'}/${name}`
  const at = context.shell.path(path)
  const made = given.has('d') ? context.files.mkdir(at, 0o700) : context.files.writeFile(at, new Uint8Array(0), 0o600)
  if (!made.ok)
    return complain(
      context,
      say(
        context,
        `failed to create ${given.has('d') ? 'directory' : 'file'} via template ${quoted(context, path)}: ${errorText(made.code)}`,
        `${path}: ${errorText(made.code)}`,
      ),
    )
  context.out(`${path}\n`)
  return 0
}
