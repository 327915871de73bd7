/** sed. Source: POSIX sed; GNU sed/execute.c. */
import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { Input } from '../engine/streams.ts'
import { Editor } from './sed-editor.ts'
import { readSed, type SedCommand, SedError } from './sed-script.ts'
import {
  complain,
  type NamedInput,
  open,
  options,
  readAll,
  say,
  type Tool,
  type ToolContext,
  usage,
  writeFile,
} from './tool.ts'

/** Edits lines, of files in place with -i. */
export const sed: Tool = function* sed(context): Steps<number> {
  try {
    return yield* edit(context)
  } catch (error) {
    if (!(error instanceof SedError)) throw error
    return complain(context, say(context, `-e expression #1, char ${error.at}: ${error.message}`, error.message))
  }
}

function* edit(context: ToolContext): Steps<number> {
  const given = options(context, say(context, 'nErsuzi::e:f:', 'nEri::e:f:'), {
    'regexp-extended': 'E',
    quiet: 'n',
    silent: 'n',
    'in-place': 'i',
    expression: 'e',
    file: 'f',
    separate: 's',
  })
  if (typeof given === 'number') return given
  const operands = [...given.operands]
  const scripts = [...given.all('e')]
  for (const path of given.all('f')) {
    const text = yield* readAll(context, path)
    if (typeof text !== 'string')
      return complain(
        context,
        say(context, `couldn't open file ${path}: ${errorText(text.code)}`, `${path}: ${errorText(text.code)}`),
      )
    scripts.push(text.replace(/\n$/, ''))
  }
  if (scripts.length === 0) {
    const first = operands.shift()
    if (first === undefined) return usage(context, say(context, 'no script specified', 'missing script'))
    scripts.push(first)
  }
  const commands = readSed(scripts.join('\n'), given.has('E') || given.has('r'), context.voice === 'busybox')
  const isQuiet = given.has('n') || /^#n\n/.test(scripts[0] ?? '')
  if (given.has('i')) return yield* editFiles(context, commands, operands, isQuiet, given.value('i') ?? '')
  const { list, code } = sedInputs(context, operands)
  const editor = new Editor(context, commands, isQuiet, (bytes) => context.out(bytes))
  return (yield* editor.run(list)) ?? code
}

function sedInputs(
  context: ToolContext,
  paths: readonly ByteText[],
): { readonly list: readonly NamedInput[]; readonly code: number } {
  let code = 0
  const list = (paths.length === 0 ? ['-'] : paths).flatMap((path): NamedInput[] => {
    const input = open(context, path)
    if (input instanceof Input) return [{ path, input }]
    code = cannotRead(context, path, input)
    return []
  })
  return { list, code }
}

function cannotRead(context: ToolContext, path: ByteText, code: Parameters<typeof errorText>[0]): number {
  const text =
    code === 'EISDIR' && context.voice === 'gnu'
      ? `couldn't edit ${path}: not a regular file`
      : `can't read ${path}: ${errorText(code)}`
  return complain(
    context,
    say(context, text, code === 'EISDIR' ? 'read error: Is a directory' : `${path}: ${errorText(code)}`),
    say(context, 2, 1),
  )
}

function* editFiles(
  context: ToolContext,
  commands: readonly SedCommand[],
  paths: readonly ByteText[],
  isQuiet: boolean,
  suffix: string,
): Steps<number> {
  let code = 0
  for (const path of paths) {
    const input = open(context, path)
    if (!(input instanceof Input)) {
      code = cannotRead(context, path, input)
      continue
    }
    const parts: ByteText[] = []
    const before = yield* input.all(context.held)
    const editor = new Editor(context, commands, isQuiet, (bytes) => parts.push(bytes))
    const ended = yield* editor.run([{ path, input: new Input(before) }])
    // A new file takes the old one's place, which a read-only directory does not allow. Source: GNU sed, -i.
    const failed =
      (suffix === '' ? undefined : writeFile(context, path + suffix, before)) ??
      writeFile(context, path, parts.join(''))
    if (failed !== undefined)
      code = complain(
        context,
        say(
          context,
          `couldn't open temporary file ${directoryOf(path)}sedAAAAAA: ${errorText(failed)}`,
          `can't create temp file '${path}XXXXXX': ${errorText(failed)}`,
        ),
        4,
      )
    code = ended ?? code
  }
  return code
}

function directoryOf(path: ByteText): ByteText {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? './' : path.slice(0, slash + 1)
}
