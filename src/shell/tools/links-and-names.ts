/** readlink, realpath, basename, dirname, pwd. Sources: GNU coreutils; busybox coreutils. */
import { errorText } from '../../fs/error-text.ts'
import { basename as baseOf, dirname as directoryOf, joinPath } from '../../fs/path.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import { complain, options, quoted, say, type Tool, type ToolContext, usage } from './tool.ts'

export const readlink: Tool = (context) => {
  const given = options(context, say(context, 'fnsvemqz', 'fnsv'), { canonicalize: 'f', 'no-newline': 'n' })
  if (typeof given === 'number') return given
  if (given.operands.length === 0) return usage(context, 'missing operand')
  let code = 0
  for (const path of given.operands) {
    const at = context.shell.path(path)
    const found =
      given.has('f') || given.has('e') || given.has('m') ? resolved(context, path) : context.files.readlink(at)
    if (found.ok) context.out(`${toByteText(found.value)}${given.has('n') ? '' : '\n'}`)
    else {
      const text = errorText(found.code)
      if (given.has('v')) complain(context, say(context, `${path}: ${text}`, `${path}: cannot read link: ${text}`))
      code = 1
    }
  }
  return code
}

/** The last element may be missing, as `readlink -f` has it; in busybox not the only one. Source: libbb/xreadlink.c, xmalloc_realpath_coreutils. */
function resolved(context: ToolContext, said: ByteText): ReturnType<ToolContext['files']['readlink']> {
  const path = context.shell.path(said)
  const real = context.files.realpath(path)
  const trimmed = path.replace(/(?<=.)\/+$/, '')
  const name = baseOf(trimmed)
  if (real.ok || real.code !== 'ENOENT' || name === '.' || name === '..' || context.files.lstat(trimmed).ok) return real
  if (context.voice === 'busybox' && !said.includes('/')) return real
  const parent = context.files.realpath(directoryOf(trimmed))
  return parent.ok ? { ok: true, value: joinPath(parent.value, name) } : real
}

export const realpath: Tool = (context) => {
  const given = options(context, say(context, 'emsqz', ''), {})
  if (typeof given === 'number') return given
  if (given.operands.length === 0) return usage(context, 'missing operand')
  let code = 0
  for (const path of given.operands) {
    const at = context.shell.path(path)
    const real = given.has('e') ? context.files.realpath(at) : resolved(context, path)
    if (real.ok) context.out(`${toByteText(real.value)}\n`)
    else code = complain(context, `${path}: ${errorText(real.code)}`)
  }
  return code
}

export const basename: Tool = (context) => {
  const given = options(context, 'as:', { multiple: 'a', suffix: 's' })
  if (typeof given === 'number') return given
  const [first, second] = given.operands
  if (first === undefined) return usage(context, 'missing operand')
  const third = given.operands[2]
  if (third !== undefined && !given.has('a') && !given.has('s'))
    return usage(context, `extra operand ${quoted(context, third)}`)
  const suffix = given.value('s') ?? (given.has('a') ? '' : (second ?? ''))
  for (const path of given.has('a') || given.has('s') ? given.operands : [first]) {
    const trimmed = path.replace(/\/+$/, '')
    const name = trimmed === '' ? path.slice(0, 1) : baseOf(trimmed)
    context.out(`${suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`)
  }
  return 0
}

export const dirname: Tool = (context) => {
  if (context.args.length === 0) return usage(context, 'missing operand')
  const [, second] = context.args
  if (second !== undefined && context.voice === 'busybox') return usage(context, `extra operand ${second}`)
  for (const path of context.args) {
    const trimmed = path.replace(/\/+$/, '')
    const slash = trimmed.lastIndexOf('/')
    const above = trimmed.slice(0, Math.max(slash, 0)).replace(/\/+$/, '')
    context.out(`${slash < 0 ? (trimmed === '' && path !== '' ? '/' : '.') : above === '' ? '/' : above}\n`)
  }
  return 0
}

export const pwd: Tool = (context) => {
  context.out(`${toByteText(context.shell.directory)}\n`)
  return 0
}
