/** Commands on files. Words are those of GNU coreutils. */

import { baseName } from '../../../go/path.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { type CommandContext, complain, curly, inputs, options, type ShellCommand, usage } from './command.ts'

/** Contents one after the other. */
export const cat: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'nbsAETvetu', { number: 'n', 'show-all': 'A' })
  if (error !== undefined) return usage(context, error)
  const { list, failed } = inputs(context, operands)
  const text = list.map(({ content }) => content).join('')
  context.out(
    flags.has('n') ? numbered(text) : flags.has('A') || flags.has('E') || flags.has('e') ? withEnds(text, flags) : text,
  )
  return failed ? 1 : 0
}

function numbered(text: string): string {
  let number = 0
  return text.replace(/[^\n]*(?:\n|$)/g, (line) => (line === '' ? '' : `${String(++number).padStart(6)}\t${line}`))
}

function withEnds(text: string, flags: ReadonlyMap<string, string>): string {
  const shown = flags.has('E')
    ? text
    : text.replace(/[\0-\x08\x0b-\x1f]/g, (char) => `^${String.fromCharCode(char.charCodeAt(0) + 64)}`)
  return (flags.has('A') ? shown.replaceAll('\t', '^I') : shown).replaceAll('\n', '$\n')
}

/** Standard input into files and on. */
export const tee: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'ai', { append: 'a' })
  if (error !== undefined) return usage(context, error)
  const content = context.readStdin()
  let status = 0
  for (const path of operands) {
    const before = flags.has('a') ? (context.state.read(path) ?? '') : ''
    const problem = context.state.write(path, before + content)
    if (problem !== undefined) status = complain(context, `${path}: ${problem}`)
  }
  context.out(content)
  return status
}

/** Names, or with -l rows whose dates are the present. */
export const ls: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'laA1hrtdRFSog', {
    all: 'a',
    'almost-all': 'A',
    directory: 'd',
    reverse: 'r',
  })
  if (error !== undefined) return usage(context, error, 2)
  const { state } = context
  const targets = operands.length === 0 ? ['.'] : [...operands].sort()
  let status = 0
  const files: string[] = []
  const directories: string[] = []
  for (const path of targets) {
    const kind = state.kind(path)
    if (kind === undefined) status = complain(context, `cannot access '${path}': No such file or directory`, 2)
    else if (kind === 'directory' && !flags.has('d')) directories.push(path)
    else files.push(path)
  }
  const order = (names: readonly string[]): readonly string[] => (flags.has('r') ? [...names].reverse() : names)
  for (const path of order(files)) context.out(entry(context, flags, path, path))
  directories.forEach((path, i) => {
    if (targets.length > 1) context.out(`${i > 0 || files.length > 0 ? '\n' : ''}${path}:\n`)
    const names = (state.list(path) ?? []).filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.'))
    const all = flags.has('a') ? ['.', '..', ...names] : names
    if (flags.has('l')) context.out(`total ${all.reduce((sum, name) => sum + blocks(context, `${path}/${name}`), 0)}\n`)
    for (const name of order(all)) context.out(entry(context, flags, `${path}/${name}`, name))
  })
  return status
}

function blocks(context: CommandContext, path: string): number {
  return context.state.kind(path) === 'directory' ? 4 : Math.ceil((context.state.read(path) ?? '').length / 4096) * 4
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Times are the present: the scenario's files have none of their own. */
function entry(context: CommandContext, flags: ReadonlyMap<string, string>, path: string, shown: string): string {
  const isDirectory = context.state.kind(path) === 'directory'
  const name = flags.has('F') && isDirectory ? `${shown}/` : shown
  if (!flags.has('l')) return `${name}\n`
  const size = isDirectory ? 4096 : (context.state.read(path) ?? '').length
  const now = rfc3339(context.state.host.now())
  const date = `${months[Number(now.slice(5, 7)) - 1] ?? ''} ${String(Number(now.slice(8, 10))).padStart(2)} ${now.slice(11, 16)}`
  return `${isDirectory ? 'drwxr-xr-x 2' : '-rw-r--r-- 1'} root root ${String(size).padStart(5)} ${date} ${name}\n`
}

/** Makes directories; empty ones live only as long as the command line. */
export const mkdir: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'pvm:', { parents: 'p', verbose: 'v', mode: 'm' })
  if (error !== undefined) return usage(context, error)
  if (operands.length === 0) return usage(context, 'missing operand')
  let status = 0
  for (const path of operands) {
    const kind = context.state.kind(path)
    const parent = context.state.kind(`${path.replace(/\/+$/, '')}/..`)
    const above = context.state.path(path).split('/').slice(0, -1).join('/') || '/'
    const parentKind = above === '/' ? 'directory' : context.state.kind(above)
    if (kind !== undefined && !(flags.has('p') && kind === 'directory')) {
      status = complain(context, `cannot create directory ${curly(path)}: File exists`)
    } else if (parentKind === 'file') {
      status = complain(context, `cannot create directory ${curly(path)}: Not a directory`)
    } else if (parentKind === undefined && parent === undefined && !flags.has('p')) {
      status = complain(context, `cannot create directory ${curly(path)}: No such file or directory`)
    } else {
      context.state.makeDirectory(path)
    }
  }
  return status
}

/** Removes files, with -r trees. */
export const rm: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'rRfivd', { recursive: 'r', force: 'f' })
  if (error !== undefined) return usage(context, error)
  if (operands.length === 0) return flags.has('f') ? 0 : usage(context, 'missing operand')
  let status = 0
  for (const path of operands) {
    const kind = context.state.kind(path)
    if (kind === undefined) {
      if (!flags.has('f')) status = complain(context, `cannot remove '${path}': No such file or directory`)
    } else if (kind === 'directory' && !flags.has('r') && !flags.has('R')) {
      status = complain(context, `cannot remove '${path}': Is a directory`)
    } else {
      context.state.remove(path)
    }
  }
  return status
}

/** Removes empty directories. */
export const rmdir: ShellCommand = (context) => {
  let status = 0
  for (const path of context.args.filter((arg) => !arg.startsWith('-'))) {
    const names = context.state.list(path)
    if (names === undefined) status = complain(context, `failed to remove '${path}': No such file or directory`)
    else if (names.length > 0) status = complain(context, `failed to remove '${path}': Directory not empty`)
    else context.state.remove(path)
  }
  return status
}

/** Makes empty files; there are no times to change. */
export const touch: ShellCommand = (context) => {
  const { operands, error } = options(context.args, 'acmt:d:r:', {})
  if (error !== undefined) return usage(context, error)
  let status = 0
  for (const path of operands) {
    if (context.state.kind(path) !== undefined) continue
    const problem = context.state.write(path, '')
    if (problem !== undefined) status = complain(context, `cannot touch '${path}': ${problem}`)
  }
  return status
}

/** cp and mv. */
export const copyOrMove: ShellCommand = (context) => {
  const moves = context.name === 'mv'
  const { flags, operands, error } = options(context.args, 'rRafvinp', { recursive: 'r' })
  if (error !== undefined) return usage(context, error)
  const target = operands.at(-1)
  if (target === undefined) return usage(context, 'missing file operand')
  if (operands.length === 1) return usage(context, `missing destination file operand after '${target}'`)
  const isDirectory = context.state.kind(target) === 'directory'
  if (operands.length > 2 && !isDirectory) return complain(context, `target '${target}': No such file or directory`)
  let status = 0
  for (const source of operands.slice(0, -1)) {
    const kind = context.state.kind(source)
    const to = isDirectory ? `${target}/${baseName(source)}` : target
    if (kind === undefined) status = complain(context, `cannot stat '${source}': No such file or directory`)
    else if (kind === 'directory' && !moves && !['r', 'R', 'a'].some((flag) => flags.has(flag))) {
      status = complain(context, `-r not specified; omitting directory '${source}'`)
    } else {
      const problem = copyTree(context, source, to)
      if (problem !== undefined)
        status = complain(context, `cannot ${moves ? 'move' : 'create regular file'} '${to}': ${problem}`)
      else if (moves && context.state.path(source) !== context.state.path(to)) context.state.remove(source)
    }
  }
  return status
}

function copyTree(context: CommandContext, from: string, to: string): string | undefined {
  const { state } = context
  if (state.kind(from) === 'file') return state.write(to, state.read(from) ?? '')
  if (`${state.path(to)}/`.startsWith(`${state.path(from)}/`)) return 'Invalid argument'
  const names = state.list(from) ?? []
  state.makeDirectory(to)
  for (const name of names) {
    const problem = copyTree(context, `${from}/${name}`, `${to}/${name}`)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Name, size and kind by -c. */
export const stat: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'c:', { format: 'c' })
  if (error !== undefined) return usage(context, error)
  let status = 0
  for (const path of operands) {
    const kind = context.state.kind(path)
    if (kind === undefined) {
      status = complain(context, `cannot statx '${path}': No such file or directory`)
      continue
    }
    const size = kind === 'directory' ? 4096 : (context.state.read(path) ?? '').length
    const values: Readonly<Record<string, string>> = {
      '%n': path,
      '%s': String(size),
      '%F': kind === 'directory' ? 'directory' : size === 0 ? 'regular empty file' : 'regular file',
      '%a': kind === 'directory' ? '755' : '644',
      '%A': kind === 'directory' ? 'drwxr-xr-x' : '-rw-r--r--',
      '%U': 'root',
      '%G': 'root',
    }
    const format = flags.get('c') ?? '  File: %n\n  Size: %s\t%F'
    context.out(`${format.replace(/%[a-zA-Z]/g, (code) => values[code] ?? code)}\n`)
  }
  return status
}
