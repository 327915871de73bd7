import { errorText } from '../../fs/error-text.ts'
import { basename, dirname, joinPath } from '../../fs/path.ts'
import { fromArray } from '../bytes-text.ts'
import {
  absolute,
  cannotOpen,
  invalidOption,
  parseOptions,
  readInput,
  type Tool,
  type ToolContext,
  writeOutput,
} from '../tool.ts'

/** Tools that look at and change files. Texts: busybox 1.31 coreutils. */

export const cat: Tool = (context) => {
  const options = parseOptions(context.args, 'nuvetA')
  if (typeof options === 'string') return invalidOption(context, options)
  let code = 0
  let line = 1
  for (const path of options.operands.length === 0 ? ['-'] : options.operands) {
    const content = readInput(context, path)
    if (!content.ok) code = content.code === 'EISDIR' ? readError(context) : cannotOpen(context, path, content)
    else if (options.flags.has('n'))
      context.outBytes(
        content.value.replace(/^.*(?:\n|$)/gm, (text) => (text === '' ? '' : `${String(line++).padStart(6)}\t${text}`)),
      )
    else context.outBytes(content.value)
  }
  return code
}

const readError = (context: ToolContext): number => {
  context.err(`${context.name}: read error: Is a directory\n`)
  return 1
}

export const readlink: Tool = (context) => {
  const options = parseOptions(context.args, 'fnsv')
  if (typeof options === 'string') return invalidOption(context, options)
  const [path = ''] = options.operands
  const at = absolute(context, path)
  const found = options.flags.has('f') ? realpathOf(context, at) : context.files.readlink(at)
  if (!found.ok) return 1
  context.out(`${found.value}${options.flags.has('n') ? '' : '\n'}`)
  return 0
}

/** The last element may be missing, as `readlink -f` has it. */
function realpathOf(context: ToolContext, path: string): ReturnType<ToolContext['files']['readlink']> {
  const real = context.files.realpath(path)
  if (real.ok || real.code !== 'ENOENT') return real
  const parent = context.files.realpath(dirname(path))
  return parent.ok && !context.files.lstat(path).ok ? { ok: true, value: joinPath(parent.value, basename(path)) } : real
}

export const realpath: Tool = (context) => {
  let code = 0
  for (const path of context.args) {
    const real = context.files.realpath(absolute(context, path))
    if (real.ok) context.out(`${real.value}\n`)
    else {
      context.err(`realpath: ${path}: ${errorText(real.code)}\n`)
      code = 1
    }
  }
  return code
}

export const mkdir: Tool = (context) => {
  const options = parseOptions(context.args, 'p', 'm')
  if (typeof options === 'string') return invalidOption(context, options)
  let code = 0
  const mode = Number.parseInt(options.values.get('m') ?? '777', 8)
  for (const path of options.operands) {
    const at = absolute(context, path)
    const made = options.flags.has('p') ? context.files.mkdirAll(at, mode) : context.files.mkdir(at, mode)
    if (made.ok) continue
    context.err(`mkdir: can't create directory '${path}': ${errorText(made.code)}\n`)
    code = 1
  }
  return code
}

export const rmdir: Tool = (context) => {
  let code = 0
  for (const path of context.args) {
    const removed = context.files.rmdir(absolute(context, path))
    if (removed.ok) continue
    context.err(`rmdir: '${path}': ${errorText(removed.code)}\n`)
    code = 1
  }
  return code
}

export const rm: Tool = (context) => {
  const options = parseOptions(context.args, 'rRfi')
  if (typeof options === 'string') return invalidOption(context, options)
  const { flags, operands } = options
  let code = 0
  for (const path of operands) {
    const at = absolute(context, path)
    const stat = context.files.lstat(at)
    if (!stat.ok) {
      if (flags.has('f') && stat.code === 'ENOENT') continue
      context.err(`rm: can't remove '${path}': ${errorText(stat.code)}\n`)
      code = 1
      continue
    }
    const isRecursive = flags.has('r') || flags.has('R')
    if (stat.value.type === 'directory' && !isRecursive) {
      context.err(`rm: '${path}' is a directory\n`)
      code = 1
      continue
    }
    const removed = isRecursive ? context.files.removeAll(at) : context.files.unlink(at)
    if (removed.ok) continue
    const inside = removed.path.startsWith(at) ? path + removed.path.slice(at.length) : path
    context.err(`rm: can't remove '${inside}': ${errorText(removed.code)}\n`)
    code = 1
  }
  return code
}

export const touch: Tool = (context) => {
  const options = parseOptions(context.args, 'cam', 'drt')
  if (typeof options === 'string') return invalidOption(context, options)
  let code = 0
  for (const path of options.operands) {
    const at = absolute(context, path)
    const exists = context.files.stat(at).ok
    if (!exists && options.flags.has('c')) continue
    const touched = exists ? context.files.touch(at) : context.files.writeFile(at, new Uint8Array(0))
    if (touched.ok) continue
    context.err(`touch: ${path}: ${errorText(touched.code)}\n`)
    code = 1
  }
  return code
}

export const ln: Tool = (context) => {
  const options = parseOptions(context.args, 'sfn')
  if (typeof options === 'string') return invalidOption(context, options)
  if (!options.flags.has('s')) {
    context.err('ln: podsim does not simulate hard links\n')
    return 126
  }
  const [target = '', link = basename(target)] = options.operands
  const at = inDirectory(context, absolute(context, link), basename(target))
  if (options.flags.has('f')) context.files.unlink(at)
  const made = context.files.symlink(target, at)
  if (made.ok) return 0
  context.err(`ln: ${link}: ${errorText(made.code)}\n`)
  return 1
}

function inDirectory(context: ToolContext, path: string, name: string): string {
  const stat = context.files.stat(path)
  return stat.ok && stat.value.type === 'directory' ? joinPath(path, name) : path
}

export const cp: Tool = (context) => {
  const options = parseOptions(context.args, 'arRpfLPdH')
  if (typeof options === 'string') return invalidOption(context, options)
  const { flags, operands } = options
  const target = operands.at(-1)
  if (target === undefined || operands.length < 2) {
    context.err('BusyBox v1.31.1 multi-call binary.\n\nUsage: cp [OPTIONS] SOURCE... DEST\n')
    return 1
  }
  let code = 0
  for (const source of operands.slice(0, -1)) {
    const from = absolute(context, source)
    const to = inDirectory(context, absolute(context, target), basename(source))
    const isDeep = flags.has('r') || flags.has('R') || flags.has('a')
    if (
      !copy(context, from, to, {
        source,
        target,
        isDeep,
        keepsLinks: flags.has('a') || flags.has('d') || flags.has('P') || (isDeep && !flags.has('L')),
      })
    )
      code = 1
  }
  return code
}

interface CopyOptions {
  readonly source: string
  readonly target: string
  readonly isDeep: boolean
  readonly keepsLinks: boolean
}

function copy(context: ToolContext, from: string, to: string, options: CopyOptions): boolean {
  const { files, err } = context
  const stat = options.keepsLinks ? files.lstat(from) : files.stat(from)
  const fail = (text: string): false => {
    err(`cp: ${text}\n`)
    return false
  }
  if (!stat.ok) return fail(`can't stat '${options.source}': ${errorText(stat.code)}`)
  if (stat.value.type === 'directory') {
    if (!options.isDeep) return fail(`omitting directory '${options.source}'`)
    const made = files.mkdirAll(to, stat.value.mode)
    if (!made.ok) return fail(`can't create directory '${options.target}': ${errorText(made.code)}`)
    const names = files.readdir(from)
    let fine = names.ok
    for (const name of names.ok ? names.value : [])
      fine =
        copy(context, `${from}/${name}`, `${to}/${name}`, {
          ...options,
          source: `${options.source}/${name}`,
          target: `${options.target}/${name}`,
        }) && fine
    return fine
  }
  if (stat.value.target !== undefined) {
    const linked = files.symlink(stat.value.target, to)
    return linked.ok || fail(`can't create symlink '${options.target}': ${errorText(linked.code)}`)
  }
  const content = files.readFile(from)
  if (!content.ok) return fail(`can't open '${options.source}': ${errorText(content.code)}`)
  const written = writeOutput(context, to, fromArray(content.value))
  if (!written.ok) return fail(`can't create '${options.target}': ${errorText(written.code)}`)
  files.chmod(to, stat.value.mode & 0o755)
  return true
}

export const mv: Tool = (context) => {
  const options = parseOptions(context.args, 'fin')
  if (typeof options === 'string') return invalidOption(context, options)
  const target = options.operands.at(-1) ?? ''
  let code = 0
  for (const source of options.operands.slice(0, -1)) {
    const from = absolute(context, source)
    const to = inDirectory(context, absolute(context, target), basename(source))
    const moved = context.files.rename(from, to)
    if (moved.ok) continue
    const crosses = moved.code === 'EINVAL' && context.files.lstat(from).ok
    if (
      crosses &&
      copy(context, from, to, { source, target, isDeep: true, keepsLinks: true }) &&
      context.files.removeAll(from).ok
    )
      continue
    if (!crosses) context.err(`mv: can't rename '${source}': ${errorText(moved.code)}\n`)
    code = 1
  }
  return code
}

export const chmod: Tool = (context) => {
  const options = parseOptions(
    context.args.filter((arg) => arg !== '-R'),
    'fv',
  )
  const [mode = '', ...paths] = typeof options === 'string' ? context.args : options.operands
  let code = 0
  for (const path of paths) {
    const at = absolute(context, path)
    const stat = context.files.stat(at)
    const wanted = stat.ok ? changedMode(mode, stat.value.mode) : undefined
    if (stat.ok && wanted === undefined) {
      context.err(`chmod: invalid mode '${mode}'\n`)
      return 1
    }
    const changed = stat.ok ? context.files.chmod(at, wanted ?? 0) : stat
    if (changed.ok) continue
    context.err(`chmod: ${path}: ${changed.code === 'EACCES' ? 'Operation not permitted' : errorText(changed.code)}\n`)
    code = 1
  }
  return code
}

/** `640`, `u+x`, `go-rwx,a=r`. Undefined: no mode. */
function changedMode(text: string, before: number): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8)
  let mode = before
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause)
    if (match === null) return undefined
    const [, said = '', operator, rights = ''] = match
    const who = said === '' || said.includes('a') ? 'ugo' : said
    const bits = (rights.includes('r') ? 4 : 0) | (rights.includes('w') ? 2 : 0) | (rights.includes('x') ? 1 : 0)
    for (const each of who) {
      const shift = { u: 6, g: 3, o: 0 }[each] ?? 0
      if (operator === '=') mode &= ~(7 << shift)
      mode = operator === '-' ? mode & ~(bits << shift) : mode | (bits << shift)
    }
  }
  return mode
}

export const chown: Tool = (context) => {
  const [owner = '', ...paths] = context.args.filter((arg) => !arg.startsWith('-'))
  const [user = '', group = ''] = owner.split(':')
  const idOf = (name: string) => (name === '' ? -1 : name === 'root' ? 0 : Number(name))
  let code = 0
  for (const path of paths) {
    const real = context.files.realpath(absolute(context, path))
    const changed = real.ok ? context.files.chown(real.value, idOf(user), idOf(group)) : real
    if (changed.ok) continue
    context.err(`chown: ${path}: ${changed.code === 'EACCES' ? 'Operation not permitted' : errorText(changed.code)}\n`)
    code = 1
  }
  return code
}

export const tee: Tool = (context) => {
  const appends = context.args[0] === '-a'
  const bytes = context.stdin()
  context.outBytes(bytes)
  let code = 0
  for (const path of appends ? context.args.slice(1) : context.args) {
    const written = writeOutput(context, path, bytes, appends)
    if (written.ok) continue
    context.err(`tee: ${path}: ${errorText(written.code)}\n`)
    code = 1
  }
  return code
}

export const basenameTool: Tool = (context) => {
  const [path = '', suffix = ''] = context.args
  const name = basename(path.replace(/\/+$/, '')) || '/'
  context.out(`${suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`)
  return 0
}

export const dirnameTool: Tool = (context) => {
  const path = (context.args[0] ?? '').replace(/\/+$/, '')
  context.out(`${path.includes('/') ? dirname(path) : '.'}\n`)
  return 0
}
