/** ln, link and unlink. Sources: GNU coreutils ln.c, link.c, unlink.c; busybox coreutils/ln.c, link.c, unlink.c. */
import { errorText } from '../../fs/error-text.ts'
import type { FsErrorCode } from '../../fs/node-fs.ts'
import { joinPath } from '../../fs/path.ts'
import type { ByteText } from '../byte-text.ts'
import { complain, type Options, options, quoted, say, type Tool, type ToolContext, usage } from './tool.ts'

/** Names for files: hard links, or symbolic ones with -s. */
export const ln: Tool = (context) => {
  const given = options(context, 'sfnvT', {
    symbolic: 's',
    force: 'f',
    'no-dereference': 'n',
    verbose: 'v',
    'no-target-directory': 'T',
  })
  if (typeof given === 'number') return given
  const { operands } = given
  if (operands.length === 0) return usage(context, 'missing file operand')
  const last = operands.at(-1) ?? ''
  const targets = operands.length === 1 ? operands : operands.slice(0, -1)
  const stat = context.files.stat(context.shell.path(last))
  // busybox makes the first, and fails with the next.
  if (context.voice === 'gnu' && targets.length > 1 && !(stat.ok && stat.value.type === 'directory'))
    return complain(context, `target ${quoted(context, last)}: ${stat.ok ? 'Not a directory' : errorText(stat.code)}`)
  let code = 0
  for (const target of targets) {
    const link = operands.length === 1 ? target.slice(target.lastIndexOf('/') + 1) : last
    const shown = operands.length === 1 ? say(context, `./${link}`, link) : placed(context, link, target, given)
    if (!(given.has('s') ? symbolic(context, target, shown, given) : hard(context, target, shown, given))) code = 1
  }
  return code
}

/** The path of the new name: in a directory under the name of what it leads to. -n spares links to directories alone. */
function placed(context: ToolContext, link: ByteText, target: ByteText, given: Options): ByteText {
  const at = context.shell.path(link)
  const stat = given.has('n') ? context.files.lstat(at) : context.files.stat(at)
  if (given.has('T') || !stat.ok || stat.value.type !== 'directory') return link
  const name = joinPath(context.shell.path(target)).split('/').at(-1) ?? ''
  return `${link.replace(/(?<=.)\/+$/, '')}/${name}`
}

function symbolic(context: ToolContext, target: ByteText, link: ByteText, given: Options): boolean {
  const at = context.shell.path(link)
  if (given.has('f')) context.files.unlink(at)
  const made = context.files.symlink(target, at)
  if (made.ok) {
    if (given.has('v')) context.out(`'${link}' -> '${target}'\n`)
    return true
  }
  const text = errorText(made.code)
  complain(context, say(context, `failed to create symbolic link '${link}': ${text}`, `${link}: ${text}`))
  return false
}

function hard(context: ToolContext, target: ByteText, link: ByteText, given: Options): boolean {
  const [from, to] = [context.shell.path(target), context.shell.path(link)]
  const [source, there] = [context.files.lstat(from), context.files.lstat(to)]
  const refuse = (gnu: ByteText, busybox: ByteText): boolean => {
    complain(context, say(context, gnu, busybox))
    return false
  }
  if (!source.ok)
    return refuse(`failed to access '${target}': ${errorText(source.code)}`, `${target}: ${errorText(source.code)}`)
  if (source.value.type === 'directory' && context.voice === 'gnu')
    return refuse(`${target}: hard link not allowed for directory`, '')
  if (given.has('f') && there.ok) {
    if (context.voice === 'gnu' && from === to) return refuse(`'${target}' and '${link}' are the same file`, '')
    if (!(context.voice === 'gnu' && there.value.inode === source.value.inode)) context.files.unlink(to)
    else return true
  }
  const made = context.files.link(from, to)
  if (!made.ok) return refuse(gnuRefusal(link, target, made.code), `${link}: ${errorText(made.code)}`)
  if (given.has('v')) context.out(`'${link}' ${say(context, '=>', '->')} '${target}'\n`)
  return true
}

/** Some errors are of the new name alone. Source: coreutils ln.c, do_link. */
function gnuRefusal(link: ByteText, target: ByteText, code: FsErrorCode): ByteText {
  const isOfName = code === 'EEXIST' || code === 'ENOSPC' || code === 'EROFS'
  return `failed to create hard link '${link}'${isOfName ? '' : ` => '${target}'`}: ${errorText(code)}`
}

/** One hard link, and no option. */
export const link: Tool = (context) => {
  const given = options(context, '', {})
  if (typeof given === 'number') return given
  const [from, to, more] = given.operands
  if (from === undefined) return usage(context, 'missing operand')
  if (to === undefined) return usage(context, `missing operand after ${quoted(context, from)}`)
  if (more !== undefined) return usage(context, `extra operand ${quoted(context, more)}`)
  const made = context.files.link(context.shell.path(from), context.shell.path(to))
  if (made.ok) return 0
  const text = errorText(made.code)
  return complain(
    context,
    say(
      context,
      `cannot create link '${to}' to '${from}': ${text}`,
      `can't create hardlink '${to}' to '${from}': ${text}`,
    ),
  )
}

/** Takes one name away. */
export const unlink: Tool = (context) => {
  const given = options(context, '', {})
  if (typeof given === 'number') return given
  const [path, more] = given.operands
  if (path === undefined) return usage(context, 'missing operand')
  if (more !== undefined) return usage(context, `extra operand ${quoted(context, more)}`)
  const gone = context.files.unlink(context.shell.path(path))
  if (gone.ok) return 0
  const text = errorText(gone.code)
  return complain(context, say(context, `cannot unlink '${path}': ${text}`, `can't remove file '${path}': ${text}`))
}
