/** Tools that run other programs or wait: xargs, timeout, sleep, nohup, sh, watch. */
import { after } from '../../kernel/after.ts'
import { firstOf } from '../../kernel/first-of.ts'
import { forever, sleep as pause, type Steps, wait } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { deathText, type Job, signalName, signalNumber } from '../engine/process-table.ts'
import { complain, options, quoted, say, type Tool, type ToolContext, usage } from './tool.ts'

/** Milliseconds of `1.5`, `2m`, `1h`, as sleep and timeout take them; NaN for anything else. */
function millisecondsOf(text: ByteText): number {
  if (text === 'infinity' || text === 'inf') return Number.POSITIVE_INFINITY
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text)
  if (match === null) return Number.NaN
  return Math.round(Number(match[1]) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[match[2] || 's'] ?? 1) * 1000)
}

/** How long `sleep` with these arguments sleeps, in ms; NaN: it refuses them. */
export function sleepMsOf(args: readonly ByteText[]): number {
  return args.length === 0 ? Number.NaN : args.reduce((ms, arg) => ms + millisecondsOf(arg), 0)
}

/** Lets virtual time pass. */
export const sleep: Tool = function* sleep(context): Steps<number> {
  if (context.args.length === 0) return usage(context, say(context, 'missing operand', 'missing operand'))
  const ms = sleepMsOf(context.args)
  if (Number.isNaN(ms)) {
    const bad = context.args.find((arg) => Number.isNaN(millisecondsOf(arg))) ?? ''
    return usage(context, say(context, `invalid time interval ${quoted(context, bad)}`, `invalid number '${bad}'`))
  }
  if (ms === Number.POSITIVE_INFINITY) yield* forever()
  // No wait at all: a loop around `sleep 0` is told as one that never waits.
  if (ms > 0) yield* lull(context, ms)
  return 0
}

/** Waits on the clock of the world that the tool is in. */
function* lull({ shell: { world } }: ToolContext, ms: number): Steps<void> {
  if (world.after === undefined) yield* pause(ms)
  else yield* wait(world.after(ms))
}

export const usleep: Tool = function* usleep(context): Steps<number> {
  yield* pause(Math.max(0, Math.round(Number(context.args[0] ?? '0') / 1000)) || 0)
  return 0
}

/** Ends a command after a time; 124 then. Source: coreutils timeout; busybox miscutils/timeout.c. */
export const timeout: Tool = function* timeout(context): Steps<number> {
  const bad = say(context, 125, 1)
  const given = options(
    context,
    say(context, 'k:s:vpf', 'k:s:'),
    say(context, { signal: 's', 'kill-after': 'k', 'preserve-status': 'p', foreground: 'f', verbose: 'v' }, {}),
    { stopsEarly: true, badCode: bad },
  )
  if (typeof given === 'number') return given
  // Old busybox took the time by -t.
  const [limit, ...argv] = given.operands
  if (limit === undefined || argv.length === 0) return usage(context, 'missing operand', bad)
  const ms = millisecondsOf(limit)
  if (Number.isNaN(ms))
    return usage(
      context,
      say(context, `invalid time interval ${quoted(context, limit)}`, `invalid number '${limit}'`),
      bad,
    )
  const signal = signalNumber(given.value('s') ?? 'TERM')
  if (signal === undefined)
    return usage(
      context,
      say(context, `${given.value('s') ?? ''}: invalid signal`, `bad signal name '${given.value('s') ?? ''}'`),
      bad,
    )
  const job = context.start(argv)
  const code = yield* endWithin(context, job, ms === 0 ? Number.POSITIVE_INFINITY : ms)
  if (code !== undefined) return code
  if (given.has('v')) context.err(verboseText(context, signal, argv[0] ?? ''))
  job.signal(signal)
  // Its shell tells of a command that a signal ended.
  const told = deathText(signal)
  if (told !== undefined && context.voice === 'busybox') context.err(`${told}\n`)
  const grace = given.value('k')
  const ended = yield* endWithin(context, job, grace === undefined ? Number.POSITIVE_INFINITY : millisecondsOf(grace))
  if (ended === undefined && given.has('v')) context.err(verboseText(context, 9, argv[0] ?? ''))
  if (ended === undefined) job.signal(9)
  if (signal === 9 || ended === undefined) return 137
  return given.has('p') ? ended : say(context, 124, 128 + signal)
}

/** Source: coreutils timeout.c, cleanup. */
function verboseText(context: ToolContext, signal: number, command: ByteText): ByteText {
  return `${context.prefix}sending signal ${signalName(signal)} to command ${quoted(context, command)}\n`
}

/** The code of a job; undefined when the time is over before. */
function* endWithin({ shell: { world } }: ToolContext, job: Job, ms: number): Steps<number | undefined> {
  if (ms === Number.POSITIVE_INFINITY || Number.isNaN(ms)) return yield* wait(job.ended)
  const limit = world.after === undefined ? after(world.kernel, ms) : world.after(ms)
  const first: unknown = yield* wait(firstOf<unknown>(job.ended, limit))
  return typeof first === 'number' ? first : undefined
}

/** Commands built from the words of standard input. */
export const xargs: Tool = function* xargs(context): Steps<number> {
  const given = options(
    context,
    'rtp0I:n:L:P:d:s:x',
    { 'no-run-if-empty': 'r', null: '0', replace: 'I', 'max-args': 'n', 'max-procs': 'P', delimiter: 'd' },
    { stopsEarly: true },
  )
  if (typeof given === 'number') return given
  const [name = 'echo', ...args] = given.operands
  const place = given.value('I')
  const text = yield* context.stdin.all(context.held)
  const items = itemsOf(text, given.has('0') ? '\0' : (given.value('d') ?? (place === undefined ? undefined : '\n')))
  if (items.length === 0 && (given.has('r') || place !== undefined)) return 0
  const size = place !== undefined ? 1 : Number(given.value('n') ?? given.value('L') ?? items.length) || 1
  let code = 0
  for (let i = 0; i === 0 || i < items.length; i += size) {
    const batch = items.slice(i, i + size)
    const argv = place === undefined ? [...args, ...batch] : args.map((arg) => arg.replaceAll(place, batch[0] ?? ''))
    if (given.has('t')) context.err(`${[name, ...argv].join(' ')}\n`)
    const ended = yield* context.run([name, ...argv], { stdin: '' })
    if (ended === 127 || ended === 126) return ended
    if (ended === 255) return complain(context, `${name}: exited with status 255; aborting`, 124)
    if (ended !== 0) code = 123
  }
  return code
}

function itemsOf(text: ByteText, separator: string | undefined): ByteText[] {
  if (separator !== undefined) {
    const mark = separator === '\\n' ? '\n' : separator === '\\0' ? '\0' : separator
    return text
      .split(mark)
      .map((item) => (mark === '\n' ? item.trimStart() : item))
      .filter((item) => item !== '')
  }
  return (text.match(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+/g) ?? []).map((item) =>
    item.replace(/"([^"]*)"|'([^']*)'|\\([\s\S])/g, '$1$2$3'),
  )
}

/** Runs a command that hangups do not end; there are none here. */
export const nohup: Tool = function* nohup(context): Steps<number> {
  if (context.args.length === 0) return usage(context, 'missing operand', 125)
  return yield* context.run(context.args)
}
