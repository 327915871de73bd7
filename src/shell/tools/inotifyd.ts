import { errorText } from '../../fs/error-text.ts'
import { type Steps, sleep, wait } from '../../kernel/steps.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import type { FileEvent, FileWatch } from '../file-watch.ts'
import { complain, notSimulated, type ToolContext } from './tool.ts'

/** By the letters of inotifyd. Source: busybox miscutils/inotifyd.c, mask_names. */
const letters: Readonly<Record<FileEvent['kind'], string>> = {
  modify: 'c',
  attrib: 'e',
  'close-write': 'w',
  'moved-from': 'm',
  'moved-to': 'y',
  create: 'n',
  delete: 'd',
  'delete-self': 'D',
  'move-self': 'M',
  unmount: 'u',
  ignored: 'x',
}

/** What the kernel tells whatever the mask. */
const always = 'uox'

interface Watched {
  readonly path: ByteText
  /** Letters; undefined: all. */
  readonly mask: string | undefined
}

/**
 * Runs a program at each event of files: what an application sees that watches a mounted Secret (U1). Source: busybox
 * miscutils/inotifyd.c.
 */
export function* inotifyd(context: ToolContext): Steps<number> {
  const [program, ...named] = context.args
  if (program === undefined || named.length === 0) {
    context.err('Usage: inotifyd PROG FILE1[:MASK]...\n')
    return 1
  }
  const { world } = context.shell
  if (world.watch === undefined) return notSimulated(context, 'inotify here')
  const watched = named.map(watchedOf)
  for (const { path } of watched) {
    const found = context.files.stat(context.shell.path(path))
    if (!found.ok) return complain(context, `add watch (${path}) failed: ${errorText(found.code)}`)
  }
  const watch = world.watch(watched.map(({ path }) => context.shell.path(path)))
  try {
    return yield* follow(context, program, watched, watch)
  } finally {
    watch.close()
  }
}

/** Until none of them can be watched any more. */
function* follow(
  context: ToolContext,
  program: ByteText,
  watched: readonly Watched[],
  watch: FileWatch,
): Steps<number> {
  for (let left = watched.length; left > 0; ) {
    const { kind, of, name } = yield* wait(watch.next())
    // A process is told of it, and runs after it.
    yield* sleep(0)
    const { path = '', mask } = watched[of] ?? {}
    const letter = letters[kind]
    const isMeant = mask === undefined || always.includes(letter) || mask.includes(letter)
    const subfile = name === undefined ? [] : [toByteText(name)]
    if (isMeant && program === '-') context.out(`${[letter, path, ...subfile].join('\t')}\n`)
    else if (isMeant) yield* context.run([program, letter, path, ...subfile])
    if (kind === 'ignored') left--
  }
  return 0
}

function watchedOf(arg: ByteText): Watched {
  const colon = arg.indexOf(':')
  return colon < 0 ? { path: arg, mask: undefined } : { path: arg.slice(0, colon), mask: arg.slice(colon + 1) }
}
