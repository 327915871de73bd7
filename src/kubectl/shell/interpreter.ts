/** Runs what the parser read. Source: POSIX XCU 2.7 to 2.9; bash(1). */
import { byteTextToBytes, fromByteText, toByteText } from './byte-text.ts'
import { builtins } from './commands/builtins.ts'
import type { CommandContext } from './commands/command.ts'
import { programs } from './commands/programs.ts'
import { secondsOf } from './duration.ts'
import { createExpander, type Expander } from './expand.ts'
import { matchesPattern } from './pattern.ts'
import { type OpenStreams, openStreams } from './redirect.ts'
import { BufferSink, Input, ShellJump, type ShellState, type Streams } from './state.ts'
import type { Command, ListItem, Pipeline, Script, SimpleCommand } from './syntax.ts'

/** How deep functions may call each other. */
const maxFunctionDepth = 100

/** Runs commands on one shell's state; subshells get one of their own. */
export class Interpreter {
  readonly state: ShellState

  constructor(state: ShellState) {
    this.state = state
  }

  run(script: Script, streams: Streams): number {
    let skips = false
    for (const item of script) {
      if (item.joint === ';') skips = false
      else skips = item.joint === '&&' ? this.state.status !== 0 : this.state.status === 0
      if (skips) continue
      this.#item(item, streams)
    }
    return this.state.status
  }

  #item({ pipeline, background }: ListItem, streams: Streams): void {
    if (!background) {
      this.#pipeline(pipeline, streams)
      return
    }
    const shell = new Interpreter(this.state.subshell())
    if (!shell.#startsInBackground(pipeline, streams)) shell.#contained(() => shell.#pipeline(pipeline, streams))
    this.state.status = 0
  }

  /** Only kubectl can go on beside the command line; anything else is run to its end at once. */
  #startsInBackground({ commands }: Pipeline, streams: Streams): boolean {
    const [command, ...more] = commands
    if (command?.kind !== 'simple' || more.length > 0 || this.state.host.startKubectl === undefined) return false
    const args = this.#expander(streams).args(command.words)
    const limited = /^[\d.]+[smh]?$/.test(args[1] ?? '') && args[0] === 'timeout'
    const argv = limited ? args.slice(2) : args
    if (argv[0] !== 'kubectl') return false
    const opened = this.#open(command, streams)
    if (opened === undefined) return true
    const limitMs = limited ? secondsOf(args[1] ?? '') * 1000 : undefined
    this.state.host.startKubectl(this.#kubectlCall(argv.slice(1), opened.streams, opened.flush), limitMs)
    return true
  }

  #pipeline({ negated, commands }: Pipeline, streams: Streams): void {
    const [only, ...more] = commands
    if (only === undefined) return
    if (more.length === 0) {
      this.#command(only, streams)
    } else {
      let { stdin } = streams
      commands.forEach((command, i) => {
        const isLast = i === commands.length - 1
        const buffer = new BufferSink()
        const shell = new Interpreter(this.state.subshell())
        shell.#contained(() => shell.#command(command, { stdin, out: isLast ? streams.out : buffer, err: streams.err }))
        stdin = new Input(buffer.text())
        this.state.status = shell.state.status
      })
    }
    if (negated) this.state.status = this.state.status === 0 ? 1 : 0
  }

  /** A subshell's `exit` ends only the subshell. */
  #contained(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof ShellJump)) throw error
      if (error.kind === 'exit' || error.kind === 'return') this.state.status = error.value
    }
  }

  #expander(streams: Streams): Expander {
    const substitute = (script: Script): string => {
      const buffer = new BufferSink()
      const shell = new Interpreter(this.state.subshell())
      shell.#contained(() => shell.run(script, { ...streams, out: buffer }))
      this.state.status = shell.state.status
      return buffer.text()
    }
    return createExpander(this.state, substitute, (message) => this.#complain(streams, message))
  }

  #complain(streams: Streams, message: string): void {
    streams.err.write(`bash: line ${this.state.line}: ${message}\n`)
  }

  /** The streams after redirections; undefined when one failed, which has been told. */
  #open(command: { readonly redirections: SimpleCommand['redirections'] }, streams: Streams): OpenStreams | undefined {
    return openStreams(command.redirections, streams, this.state, this.#expander(streams), (message) => {
      this.#complain(streams, message)
      this.state.status = 1
    })
  }

  #command(command: Command, streams: Streams): void {
    this.state.countCommand()
    if (command.kind === 'simple') {
      this.#simple(command, streams)
      return
    }
    if (command.kind === 'function') {
      this.state.functions.set(command.name, command.body)
      this.state.status = 0
      return
    }
    const opened = this.#open(command, streams)
    if (opened === undefined) return
    try {
      this.#compound(command, opened.streams)
    } finally {
      opened.flush()
    }
  }

  #compound(command: Exclude<Command, { kind: 'simple' | 'function' }>, streams: Streams): void {
    switch (command.kind) {
      case 'group':
        this.run(command.body, streams)
        return
      case 'subshell': {
        const shell = new Interpreter(this.state.subshell())
        shell.#contained(() => shell.run(command.body, streams))
        this.state.status = shell.state.status
        return
      }
      case 'if': {
        const branch = command.branches.find(({ condition }) => this.run(condition, streams) === 0)
        this.state.status = 0
        const body = branch?.body ?? command.otherwise
        if (body !== undefined) this.run(body, streams)
        return
      }
      case 'loop':
        this.#loop(
          () => (this.run(command.condition, streams) === 0) !== command.until,
          () => this.run(command.body, streams),
        )
        return
      case 'for': {
        const values = command.words === undefined ? this.state.positional : this.#expander(streams).args(command.words)
        let next = 0
        this.#loop(
          () => next < values.length,
          () => {
            this.state.setVariable(command.name, values[next++] ?? '')
            this.run(command.body, streams)
          },
        )
        return
      }
      case 'case': {
        const expander = this.#expander(streams)
        const subject = expander.text(command.subject)
        const branch = command.branches.find(({ patterns }) =>
          patterns.some((pattern) => matchesPattern(subject, expander.pattern(pattern))),
        )
        this.state.status = 0
        if (branch !== undefined) this.run(branch.body, streams)
      }
    }
  }

  #loop(goesOn: () => boolean, body: () => void): void {
    let status = 0
    try {
      while (goesOn()) {
        this.state.countCommand()
        try {
          body()
        } catch (error) {
          if (!(error instanceof ShellJump) || error.kind !== 'continue') throw error
          if (error.value > 1) throw new ShellJump('continue', error.value - 1)
          this.state.status = 0
        }
        status = this.state.status
      }
      this.state.status = status
    } catch (error) {
      if (!(error instanceof ShellJump) || error.kind !== 'break') throw error
      if (error.value > 1) throw new ShellJump('break', error.value - 1)
      this.state.status = 0
    }
  }

  #simple(command: SimpleCommand, streams: Streams): void {
    this.state.line = command.line
    const expander = this.#expander(streams)
    // Without a command, the status is that of the last substitution.
    if (command.words.length === 0) this.state.status = 0
    const isCondition = command.words[0]?.every((part) => part.kind === 'text' && part.text === '[') ?? false
    // Nothing is split or globbed between double brackets.
    const args =
      isCondition && command.words[0]?.length === 2 ? command.words.map(expander.text) : expander.args(command.words)
    const [name, ...rest] = args
    if (name === undefined) {
      this.#assign(command, expander)
      this.#open(command, streams)?.flush()
      return
    }
    const opened = this.#open(command, streams)
    if (opened === undefined) return
    const before = command.assignments.map(
      ({ name: variable }) =>
        [variable, this.state.variables.get(variable), this.state.exported.has(variable)] as const,
    )
    this.#assign(command, expander)
    for (const { name: variable } of command.assignments) this.state.exported.add(variable)
    try {
      this.state.status = this.call(name, rest, opened.streams) & 255
    } finally {
      opened.flush()
      for (const [variable, value, wasExported] of before) {
        if (value === undefined) this.state.variables.delete(variable)
        else this.state.variables.set(variable, value)
        if (!wasExported) this.state.exported.delete(variable)
      }
    }
  }

  #assign({ assignments }: SimpleCommand, expander: Expander): void {
    for (const { name, append, value } of assignments) {
      this.state.setVariable(name, (append ? this.state.get(name) : '') + expander.text(value))
    }
  }

  /** Runs a command by name: function, builtin, program or kubectl. */
  call(name: string, args: readonly string[], streams: Streams): number {
    const body = this.state.functions.get(name)
    if (body !== undefined) return this.#callFunction(body, args, streams)
    const run = builtins.get(name) ?? programs.get(name)
    const context: CommandContext = {
      name,
      args,
      readStdin: () => streams.stdin?.readAll() ?? '',
      stdinIsFile: streams.stdin?.isFile ?? false,
      readLine: () => streams.stdin?.readLine() ?? '',
      state: this.state,
      out: (bytes) => streams.out.write(bytes),
      err: (bytes) => streams.err.write(bytes),
      call: (command, more, stdin) =>
        this.call(command, more, stdin === undefined ? streams : { ...streams, stdin: new Input(stdin) }),
      runScript: (script) => this.run(script, streams),
      limitKubectl: (argv, limitMs) =>
        this.state.host.kubectl(
          this.#kubectlCall(argv, streams, () => {}),
          limitMs,
        ),
    }
    if (run !== undefined) return run(context)
    if (name === 'kubectl') return this.state.host.kubectl(this.#kubectlCall(args, streams, () => {}))
    if (name.includes('/')) {
      const isThere = this.state.kind(name)
      const reason =
        isThere === 'directory'
          ? 'Is a directory'
          : isThere === 'file'
            ? 'Permission denied'
            : 'No such file or directory'
      this.#complain(streams, `${name}: ${reason}`)
      return isThere === undefined ? 127 : 126
    }
    this.#complain(streams, `${name}: command not found`)
    return 127
  }

  #callFunction(body: Command, args: readonly string[], streams: Streams): number {
    if (this.state.functionDepth >= maxFunctionDepth) {
      this.#complain(streams, `maximum function nesting level exceeded (${maxFunctionDepth})`)
      throw new ShellJump('exit', 1)
    }
    const before = this.state.positional
    this.state.positional = args
    this.state.functionDepth++
    try {
      this.#command(body, streams)
      return this.state.status
    } catch (error) {
      if (error instanceof ShellJump && error.kind === 'return') return error.value
      throw error
    } finally {
      this.state.functionDepth--
      this.state.positional = before
    }
  }

  #kubectlCall(
    argv: readonly string[],
    streams: Streams,
    flush: () => void,
  ): Parameters<ShellState['host']['kubectl']>[0] {
    return {
      argv: argv.map(fromByteText),
      // Read only when kubectl asks, so that it takes nothing from a loop's own input.
      get stdin() {
        return streams.stdin === undefined ? undefined : byteTextToBytes(streams.stdin.readAll())
      },
      env: this.state.environment(),
      files: this.state.filesView(),
      output: (fd, text) => {
        ;(fd === 1 ? streams.out : streams.err).write(toByteText(text))
        flush()
      },
    }
  }
}
