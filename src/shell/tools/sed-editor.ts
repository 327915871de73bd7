/** Runs a script of sed over lines. Source: GNU sed/execute.c. */
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, fromByteText, toByteText } from '../byte-text.ts'
import type { Regex } from './regular-expression.ts'
import { type SedAddress, type SedCommand, SedError } from './sed-script.ts'
import { replaced, translated, unambiguous } from './sed-text.ts'
import { complain, hasRoom, type NamedInput, openFile, readAll, say, type ToolContext } from './tool.ts'

/** Jumps that one line may make: a loop of `b` never ends. */
const maxJumps = 10_000

/** One run: pattern space, hold space, and the ranges that are open. */
export class Editor {
  readonly #context: ToolContext
  readonly #commands: readonly SedCommand[]
  readonly #isQuiet: boolean
  readonly #write: (bytes: ByteText) => void
  readonly #active = new Map<SedCommand, number>()
  readonly #sinks = new Map<ByteText, ReturnType<typeof openFile>>()
  #lines: ByteText[] = []
  #inputs: readonly NamedInput[] = []
  #isLastEnded = true
  #number = 0
  #space = ''
  #hold = ''
  #isSubstituted = false
  #after: ByteText[] = []
  #lastRegex: Regex | undefined
  #quit: number | undefined
  #jumps = 0
  /** The newline that the line in the pattern space ends with, if it has one. */
  #end = '\n'

  constructor(
    context: ToolContext,
    commands: readonly SedCommand[],
    isQuiet: boolean,
    write: (bytes: ByteText) => void,
  ) {
    this.#context = context
    this.#commands = commands
    this.#isQuiet = isQuiet
    this.#write = write
  }

  /** The code that `q` asked for; undefined without one. */
  *run(inputs: readonly NamedInput[]): Steps<number | undefined> {
    this.#inputs = inputs
    let starts = true
    while (this.#quit === undefined) {
      if (starts && !(yield* this.#next())) break
      this.#isSubstituted = false
      this.#jumps = 0
      const ending = yield* this.#script()
      if (ending !== 'deleted' && ending !== 'restart' && !this.#isQuiet) this.#print(this.#space, this.#end)
      this.#flush()
      starts = ending !== 'restart'
      if (this.#number % 64 === 0 && !(yield* hasRoom(this.#context))) break
    }
    return this.#quit
  }

  /** Fetches the next line into the pattern space; false at the end. */
  *#next(): Steps<boolean> {
    const line = yield* this.#fetch()
    if (line === undefined) return false
    this.#space = line
    return true
  }

  *#fetch(): Steps<string | undefined> {
    if (!(yield* this.#fill())) return undefined
    const raw = this.#lines.shift() ?? ''
    yield* this.#fill()
    this.#number++
    this.#end = raw.endsWith('\n') ? '\n' : this.#isLast ? '' : '\n'
    return fromByteText(raw.endsWith('\n') ? raw.slice(0, -1) : raw)
  }

  /** One line is always known ahead, so that the last one is known to be it. */
  *#fill(): Steps<boolean> {
    while (this.#lines.length === 0) {
      const [first, ...rest] = this.#inputs
      if (first === undefined) return false
      const line = yield* first.input.line(this.#context.held)
      if (line === undefined) this.#inputs = rest
      else this.#lines.push(line)
    }
    return true
  }

  get #isLast(): boolean {
    return this.#lines.length === 0
  }

  #print(text: string, end = '\n'): void {
    // A line without its end gets one when something follows.
    if (!this.#isLastEnded) this.#write('\n')
    this.#isLastEnded = end === '\n'
    this.#write(toByteText(text) + end)
  }

  #flush(): void {
    for (const text of this.#after) {
      if (!this.#isLastEnded) this.#write('\n')
      this.#isLastEnded = true
      this.#write(text)
    }
    this.#after = []
  }

  *#script(): Steps<'end' | 'deleted' | 'restart'> {
    const stack: { readonly commands: readonly SedCommand[]; at: number }[] = [{ commands: this.#commands, at: 0 }]
    for (;;) {
      const frame = stack.at(-1)
      if (frame === undefined) return 'end'
      const command = frame.commands[frame.at++]
      if (command === undefined) {
        stack.pop()
        continue
      }
      if (this.#isSelected(command) === command.negated) continue
      if (command.name === '{') {
        stack.push({ commands: command.body, at: 0 })
        continue
      }
      if ('btT'.includes(command.name)) {
        if (!this.#jumpsNow(command.name)) continue
        if (++this.#jumps > maxJumps) this.#context.shell.budget.spendCommands(this.#jumps)
        if (command.text === '') return 'end'
        const target = pathToLabel(this.#commands, command.text)
        if (target === undefined) {
          complain(
            this.#context,
            say(
              this.#context,
              `-e expression #1, char ${this.#number}: can't find label for jump to \`${command.text}'`,
              `can't find label for jump to '${command.text}'`,
            ),
          )
          this.#quit = 1
          return 'deleted'
        }
        stack.splice(0, stack.length, ...target)
        continue
      }
      const ending = yield* this.#execute(command)
      if (ending !== undefined) return ending
    }
  }

  #jumpsNow(name: string): boolean {
    if (name === 'b') return true
    const was = this.#isSubstituted
    this.#isSubstituted = false
    return was === (name === 't')
  }

  *#execute(command: SedCommand): Steps<'end' | 'deleted' | 'restart' | undefined> {
    switch (command.name) {
      case 's':
        this.#substitute(command)
        return undefined
      case 'y':
        this.#space = Array.from(this.#space, (char) => translated(char, command)).join('')
        return undefined
      case 'd':
        return 'deleted'
      case 'D': {
        const at = this.#space.indexOf('\n')
        if (at < 0) return 'deleted'
        this.#space = this.#space.slice(at + 1)
        return 'restart'
      }
      case 'p':
        this.#print(this.#space)
        return undefined
      case 'P':
        this.#print(this.#space.split('\n')[0] ?? '')
        return undefined
      case 'n':
        if (this.#isLast) return 'end'
        if (!this.#isQuiet) this.#print(this.#space, this.#end)
        this.#flush()
        yield* this.#next()
        return undefined
      case 'N': {
        const next = this.#isLast ? undefined : yield* this.#fetch()
        if (next === undefined) return 'end'
        this.#space += `\n${next}`
        this.#context.held(this.#space.length)
        return undefined
      }
      case 'a':
        this.#after.push(`${command.text}\n`)
        return undefined
      case 'i':
        this.#write(`${command.text}\n`)
        return undefined
      case 'c':
        if (command.to === undefined || !this.#active.has(command) || command.negated) this.#write(`${command.text}\n`)
        return 'deleted'
      case '=':
        this.#write(`${this.#number}\n`)
        return undefined
      case 'l':
        this.#write(`${unambiguous(toByteText(this.#space))}$\n`)
        return undefined
      case 'q':
      case 'Q':
        this.#quit = Number(command.text || '0')
        return command.name === 'q' ? 'end' : 'deleted'
      case 'r': {
        const text = yield* readAll(this.#context, command.text)
        if (typeof text === 'string') this.#after.push(text)
        return undefined
      }
      case 'w':
        this.#writeFile(command.text, `${toByteText(this.#space)}\n`)
        return undefined
      default:
        this.#moveSpaces(command.name)
        return undefined
    }
  }

  /** What passes between the pattern space and the hold space. */
  #moveSpaces(name: string): void {
    switch (name) {
      case 'g':
        this.#space = this.#hold
        return
      case 'G':
        this.#space += `\n${this.#hold}`
        this.#context.held(this.#space.length)
        return
      case 'h':
        this.#hold = this.#space
        return
      case 'H':
        this.#hold += `\n${this.#space}`
        this.#context.held(this.#hold.length)
        return
      case 'x':
        ;[this.#space, this.#hold] = [this.#hold, this.#space]
        return
      case 'z':
        this.#space = ''
        return
    }
  }

  #writeFile(path: ByteText, bytes: ByteText): void {
    const sink = this.#sinks.get(path) ?? openFile(this.#context, path, false)
    this.#sinks.set(path, sink)
    if (typeof sink !== 'string') sink.write(bytes)
  }

  #isSelected(command: SedCommand): boolean {
    const { from, to } = command
    if (from === undefined) return true
    if (to === undefined) return this.#hits(from)
    const until = this.#active.get(command)
    if (until !== undefined) {
      const isOver =
        to.kind === 'line' ? this.#number >= to.line : to.kind === 'count' ? this.#number >= until : this.#hits(to)
      if (isOver) this.#active.delete(command)
      // A range whose last line has gone by already covers none of what follows.
      return !(to.kind === 'line' && this.#number > to.line)
    }
    const isZero = from.kind === 'line' && from.line === 0
    if (isZero && this.#number === 1 && to.kind === 'match') {
      if (!this.#hits(to)) this.#active.set(command, 0)
      return true
    }
    if (!this.#hits(from)) return false
    const end = to.kind === 'count' ? this.#number + to.count : 0
    if (!(to.kind === 'line' && to.line <= this.#number) && !(to.kind === 'count' && to.count === 0))
      this.#active.set(command, end)
    return true
  }

  #hits(address: SedAddress): boolean {
    switch (address.kind) {
      case 'line':
        return address.line === this.#number
      case 'last':
        return this.#isLast
      case 'step':
        return address.step === 0
          ? this.#number === address.first
          : this.#number >= address.first && (this.#number - address.first) % address.step === 0
      case 'count':
        return false
      case 'match': {
        const regex = this.#regexOf(address.pattern)
        return regex.test(this.#space)
      }
    }
  }

  /** An empty expression stands for the last one that was looked for. */
  #regexOf(pattern: Regex | undefined): Regex {
    const regex = pattern ?? this.#lastRegex
    if (regex === undefined)
      throw new SedError(say(this.#context, 'no previous regular expression', 'no previous regexp'), 0)
    this.#lastRegex = regex
    return regex
  }

  #substitute(command: SedCommand): void {
    const regex = this.#regexOf(command.pattern)
    const changed = replaced(this.#space, regex, command, this.#context.voice === 'busybox')
    if (changed === undefined) return
    this.#space = changed
    this.#context.held(changed.length)
    this.#isSubstituted = true
    if (command.flags.includes('p')) this.#print(this.#space)
    if (command.text !== '') this.#writeFile(command.text, `${toByteText(this.#space)}\n`)
  }
}

/** The commands that are gone through from a label on, outermost first. */
function pathToLabel(
  commands: readonly SedCommand[],
  label: string,
): { commands: readonly SedCommand[]; at: number }[] | undefined {
  for (const [i, command] of commands.entries()) {
    if (command.name === ':' && command.text === label) return [{ commands, at: i + 1 }]
    const inner = pathToLabel(command.body, label)
    if (inner !== undefined) return [{ commands, at: i + 1 }, ...inner]
  }
  return undefined
}
