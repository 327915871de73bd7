/** readlink, realpath, basename, dirname, pwd. Sources: GNU coreutils; busybox coreutils. */
import { errorText } from '../../fs/error-text.ts'
import { basename as baseOf, dirname as directoryOf, joinPath } from '../../fs/path.ts'
import { toByteText } from '../byte-text.ts'
import { complain, options, type Tool, type ToolContext, usage } from './tool.ts'

export const readlink: Tool = (context) => {
  const given = options(context, 'fnsvemqz', { canonicalize: 'f', 'no-newline': 'n' })
  if (typeof given === 'number') return given
  if (given.operands.length === 0) return usage(context, 'missing operand')
  let code = 0
  for (const path of given.operands) {
    const at = context.shell.path(path)
    const found =
      given.has('f') || given.has('e') || given.has('m') ? resolved(context, at) : context.files.readlink(at)
    if (found.ok) context.out(`${toByteText(found.value)}${given.has('n') ? '' : '\n'}`)
    else {
      if (given.has('v')) complain(context, `${path}: ${errorText(found.code)}`)
      code = 1
    }
  }
  return code
}

/** The last element may be missing, as `readlink -f` has it. */
function resolved(context: ToolContext, path: string): ReturnType<ToolContext['files']['readlink']> {
  const real = context.files.realpath(path)
  const trimmed = path.replace(/(?<=.)\/+$/, '')
  const name = baseOf(trimmed)
  if (real.ok || real.code !== 'ENOENT' || name === '.' || name === '..' || context.files.lstat(trimmed).ok) return real
  const parent = context.files.realpath(directoryOf(trimmed))
  return parent.ok ? { ok: true, value: joinPath(parent.value, name) } : real
}

export const realpath: Tool = (context) => {
  const given = options(context, 'emsqz', {})
  if (typeof given === 'number') return given
  let code = 0
  for (const path of given.operands) {
    const real =
      context.voice === 'gnu' && !given.has('e')
        ? resolved(context, context.shell.path(path))
        : context.files.realpath(context.shell.path(path))
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
