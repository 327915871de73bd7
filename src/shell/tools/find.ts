import { errorText } from '../../fs/error-text.ts'
import type { FileStat } from '../../fs/node-fs.ts'
import { basename } from '../../fs/path.ts'
import { matchesGlob } from '../ash/glob.ts'
import { absolute, notSimulated, type ToolContext } from '../tool.ts'

interface Test {
  readonly fits: (path: string, stat: FileStat) => boolean
}

interface Search {
  readonly tests: readonly Test[]
  readonly minDepth: number
  readonly maxDepth: number
  readonly follows: boolean
  readonly separator: string
}

/** Names in the order in which the kernel lists them, as busybox find shows them. Source: busybox findutils/find.c. */
export function find(context: ToolContext): number {
  const args = [...context.args]
  const follows = args[0] === '-L'
  if (args[0] === '-L' || args[0] === '-H' || args[0] === '-P') args.shift()
  const starts: string[] = []
  while (args.length > 0 && !/^[-!(]/.test(args[0] ?? '')) starts.push(args.shift() ?? '')
  const search = parseTests(context, args, follows)
  if (typeof search === 'number') return search
  let code = 0
  for (const start of starts.length === 0 ? ['.'] : starts) if (!visit(context, search, start, 0)) code = 1
  return code
}

function parseTests(context: ToolContext, args: readonly string[], follows: boolean): Search | number {
  const tests: Test[] = []
  let minDepth = 0
  let maxDepth = Number.POSITIVE_INFINITY
  let separator = '\n'
  let negated = false
  const add = (fits: Test['fits']): void => {
    tests.push({ fits: negated ? (path, stat) => !fits(path, stat) : fits })
    negated = false
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    const value = args[at + 1] ?? ''
    switch (word) {
      case '!':
      case '-not':
        negated = !negated
        continue
      case '-print':
        continue
      case '-print0':
        separator = '\0'
        continue
      case '-a':
        continue
      case '-name':
        add((path) => matchesGlob(value, basename(path)))
        break
      case '-iname':
        add((path) => matchesGlob(value.toLowerCase(), basename(path).toLowerCase()))
        break
      case '-path':
        add((path) => matchesGlob(value, path))
        break
      case '-type':
        add((_, stat) => ({ f: 'file', d: 'directory', l: 'symlink' })[value] === stat.type)
        break
      case '-perm':
        add((_, { mode }) =>
          value.startsWith('-')
            ? (mode & Number.parseInt(value.slice(1), 8)) === Number.parseInt(value.slice(1), 8)
            : mode === Number.parseInt(value, 8),
        )
        break
      case '-empty':
        add((_, { size, type }) => type === 'file' && size === 0)
        continue
      case '-mindepth':
        minDepth = Number(value)
        break
      case '-maxdepth':
        maxDepth = Number(value)
        break
      default:
        if (
          /^-(exec|ok|o|or|delete|prune|size|mtime|mmin|newer|user|group|ls|inum|links|regex|quit|xdev|depth)$|^[()]$/.test(
            word,
          )
        )
          return notSimulated(context, `find ${word}`)
        context.err(`find: unrecognized: ${word}\n`)
        return 1
    }
    at++
  }
  return { tests, minDepth, maxDepth, follows, separator }
}

function visit(context: ToolContext, search: Search, path: string, depth: number): boolean {
  const { files, out, err } = context
  const at = absolute(context, path)
  const followed = search.follows ? files.stat(at) : undefined
  const stat = followed?.ok ? followed : files.lstat(at)
  if (!stat.ok) {
    err(`find: ${path}: ${errorText(stat.code)}\n`)
    return false
  }
  if (depth >= search.minDepth && search.tests.every(({ fits }) => fits(path, stat.value))) out(path + search.separator)
  if (stat.value.type !== 'directory' || depth >= search.maxDepth) return true
  const names = files.directoryOrder(at)
  if (!names.ok) {
    err(`find: ${path}: ${errorText(names.code)}\n`)
    return false
  }
  let fine = true
  for (const name of names.value)
    fine = visit(context, search, `${path === '/' ? '' : path}/${name}`, depth + 1) && fine
  return fine
}
