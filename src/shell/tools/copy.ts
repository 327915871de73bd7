/** cp and mv. Sources: GNU coreutils, copy.c; busybox coreutils/cp.c, mv.c, libbb/copy_file.c. */
import { errorText } from '../../fs/error-text.ts'
import { joinPath } from '../../fs/path.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import { isDevice, openInput } from '../engine/devices.ts'
import { Input } from '../engine/streams.ts'
import { inDirectory } from './change-files.ts'
import { complain, openFile, options, say, type Tool, type ToolContext, usage } from './tool.ts'

interface CopyOptions {
  readonly isDeep: boolean
  readonly keepsLinks: boolean
  readonly keepsMode: boolean
}

/** One thing to be copied: where it is, and how messages name it. */
interface Pair {
  readonly from: string
  readonly to: string
  readonly source: ByteText
  readonly target: ByteText
}

export const cp: Tool = function* cp(context): Steps<number> {
  const given = options(context, 'arRpfLPdHvinut:T', {
    recursive: 'r',
    archive: 'a',
    force: 'f',
    dereference: 'L',
    'no-dereference': 'P',
    preserve: 'p',
    verbose: 'v',
    'target-directory': 't',
  })
  if (typeof given === 'number') return given
  const isDeep = ['r', 'R', 'a'].some((letter) => given.has(letter))
  const keepsLinks = given.has('a') || given.has('d') || given.has('P') || (isDeep && !given.has('L'))
  const target = given.value('t') ?? given.operands.at(-1)
  const sources = given.has('t') ? given.operands : given.operands.slice(0, -1)
  const problem = operandProblem(context, sources, target)
  if (typeof problem === 'number' || target === undefined) return problem ?? 1
  let code = 0
  for (const source of sources) {
    if (isDevice(context.shell.logicalPath(source)) || isDevice(context.shell.logicalPath(target))) {
      code = (yield* copyDevice(context, source, target)) || code
      continue
    }
    const from = context.shell.path(source)
    const to = inDirectory(context, target, source)
    const shown =
      to === context.shell.path(target)
        ? target
        : `${target.replace(/\/$/, '')}/${toByteText(to.split('/').at(-1) ?? '')}`
    if (
      !copy(
        context,
        { from, to, source, target: shown },
        { isDeep, keepsLinks, keepsMode: given.has('p') || given.has('a') },
      )
    )
      code = 1
    else if (given.has('v')) context.out(`'${source}' -> '${shown}'\n`)
  }
  return code
}

/** Undefined: there is something to copy to. */
function operandProblem(
  context: ToolContext,
  sources: readonly ByteText[],
  target: ByteText | undefined,
): number | undefined {
  if (target === undefined) return usage(context, 'missing file operand')
  if (sources.length === 0) return usage(context, `missing destination file operand after '${target}'`)
  if (sources.length < 2) return undefined
  const stat = context.files.stat(context.shell.path(target))
  if (stat.ok && stat.value.type === 'directory') return undefined
  return complain(
    context,
    say(
      context,
      `target '${target}': ${stat.ok ? 'Not a directory' : 'No such file or directory'}`,
      stat.ok ? `target '${target}' is not a directory` : missingDirectory(context, sources, target),
    ),
  )
}

/** busybox tells each file that it cannot make. */
function missingDirectory(context: ToolContext, sources: readonly ByteText[], target: ByteText): ByteText {
  const told = sources.map((source) => {
    if (!context.files.lstat(context.shell.path(source)).ok) return `can't stat '${source}': No such file or directory`
    const name = source.replace(/\/+$/, '').split('/').at(-1) ?? ''
    return `can't create '${target}/${name}': No such file or directory`
  })
  return told.join(`\n${context.prefix}`)
}

function* copyDevice(context: ToolContext, source: ByteText, target: ByteText): Steps<number> {
  const input = openInput(source, context.shell, context.streams)
  if (!(input instanceof Input))
    return complain(
      context,
      say(context, `cannot stat '${source}': ${errorText(input)}`, `can't stat '${source}': ${errorText(input)}`),
    )
  const sink = openFile(context, target, false)
  if (typeof sink === 'string')
    return complain(
      context,
      say(
        context,
        `cannot create regular file '${target}': ${errorText(sink)}`,
        `can't create '${target}': ${errorText(sink)}`,
      ),
    )
  for (let text = yield* input.chunk(); text !== undefined; text = yield* input.chunk()) sink.write(text)
  const failure = sink.takeFailure?.()
  if (failure === undefined) return 0
  const words = errorText(failure)
  return complain(context, say(context, `error writing '${target}': ${words}`, `write error: ${words}`))
}

function copy(context: ToolContext, pair: Pair, options: CopyOptions): boolean {
  const { files } = context
  const { from, to, source, target } = pair
  const stat = options.keepsLinks ? files.lstat(from) : files.stat(from)
  const fail = (gnu: string, busybox: string): false => {
    complain(context, say(context, gnu, busybox))
    return false
  }
  if (!stat.ok)
    return fail(`cannot stat '${source}': ${errorText(stat.code)}`, `can't stat '${source}': ${errorText(stat.code)}`)
  const there = files.stat(to)
  if (there.ok && there.value.inode === stat.value.inode && stat.value.type !== 'directory')
    return fail(`'${source}' and '${target}' are the same file`, `'${source}' and '${target}' are the same file`)
  if (stat.value.type === 'directory') return copyDirectory(context, pair, options, stat.value.mode)
  if (stat.value.type === 'symlink') {
    files.unlink(to)
    const made = files.symlink(stat.value.target ?? '', to)
    return (
      made.ok ||
      fail(
        `cannot create symbolic link '${target}': ${errorText(made.code)}`,
        `can't create symlink '${target}' to '${stat.value.target ?? ''}': ${errorText(made.code)}`,
      )
    )
  }
  const content = files.readFile(from)
  if (!content.ok)
    return fail(
      `cannot open '${source}' for reading: ${errorText(content.code)}`,
      `can't open '${source}': ${errorText(content.code)}`,
    )
  context.shell.budget.spendBytes(content.value.length)
  const written = files.writeFile(to, content.value, stat.value.mode & 0o777)
  if (!written.ok)
    return fail(
      `cannot create regular file '${target}': ${errorText(written.code)}`,
      `can't create '${target}': ${errorText(written.code)}`,
    )
  if (options.keepsMode) files.chmod(to, stat.value.mode)
  return true
}

function copyDirectory(
  context: ToolContext,
  { from, to, source, target }: Pair,
  options: CopyOptions,
  mode: number,
): boolean {
  const { files } = context
  const fail = (gnu: string, busybox: string): false => {
    complain(context, say(context, gnu, busybox))
    return false
  }
  if (!options.isDeep) return fail(`-r not specified; omitting directory '${source}'`, `omitting directory '${source}'`)
  if (`${joinPath(to)}/`.startsWith(`${joinPath(from)}/`))
    return fail(
      `cannot ${context.name === 'mv' ? 'move' : 'copy a directory,'} '${source}'${context.name === 'mv' ? ' to a subdirectory of itself' : ', into itself'}, '${target}'`,
      context.name === 'mv'
        ? `can't rename '${source}': Invalid argument`
        : `recursion detected, omitting directory '${source}'`,
    )
  const made = files.mkdirAll(to, mode & 0o777)
  if (!made.ok)
    return fail(
      `cannot create directory '${target}': ${errorText(made.code)}`,
      `can't create directory '${target}': ${errorText(made.code)}`,
    )
  const names = files.readdir(from)
  let fine = names.ok
  for (const name of names.ok ? names.value : []) {
    const shown = toByteText(name)
    const inner = {
      from: `${from}/${name}`,
      to: `${to}/${name}`,
      source: `${source}/${shown}`,
      target: `${target}/${shown}`,
    }
    fine = copy(context, inner, options) && fine
  }
  return fine
}

/** GNU's moves no file onto another of its names. Source: coreutils copy.c, same_file_ok. */
function isSameFile({ voice, files }: ToolContext, from: string, to: string): boolean {
  const [source, target] = [files.lstat(from), files.lstat(to)]
  if (voice !== 'gnu' || !source.ok || !target.ok || source.value.type === 'directory') return false
  return source.value.inode === target.value.inode
}

export const mv: Tool = (context) => {
  const given = options(context, 'finvuT', { force: 'f', 'no-clobber': 'n', verbose: 'v' })
  if (typeof given === 'number') return given
  const target = given.operands.at(-1)
  const sources = given.operands.slice(0, -1)
  const problem = operandProblem(context, sources, target)
  if (typeof problem === 'number' || target === undefined) return problem ?? 1
  let code = 0
  for (const source of sources) {
    const from = context.shell.path(source)
    const to = given.has('T') ? context.shell.path(target) : inDirectory(context, target, source)
    if (isSameFile(context, from, to)) {
      code = complain(context, `'${source}' and '${target}' are the same file`)
      continue
    }
    const moved = context.files.rename(from, to)
    if (moved.ok) {
      if (given.has('v')) context.out(`${say(context, 'renamed ', '')}'${source}' -> '${target}'\n`)
      continue
    }
    const crosses = moved.code === 'EINVAL' && context.files.lstat(from).ok
    const pair = { from, to, source, target }
    if (
      crosses &&
      copy(context, pair, { isDeep: true, keepsLinks: true, keepsMode: true }) &&
      context.files.removeAll(from).ok
    )
      continue
    code = 1
    if (!crosses)
      complain(
        context,
        say(
          context,
          context.files.lstat(from).ok
            ? `cannot move '${source}' to '${target}': ${errorText(moved.code)}`
            : `cannot stat '${source}': ${errorText(moved.code)}`,
          `can't rename '${source}': ${errorText(moved.code)}`,
        ),
      )
  }
  return code
}
