import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'

interface Asked {
  readonly line: string
  readonly resolve: (answer: string) => void
  readonly reject: (error: Error) => void
}

/**
 * A tmux server of one's own, spoken to through its control mode: one process for all commands, not one each.
 * Source: tmux(1), CONTROL MODE: an answer stands between `%begin` and `%end` or `%error`, in the order of the commands.
 */
export class Tmux {
  static isInstalled(): boolean {
    try {
      execFileSync('tmux', ['-V'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  readonly #client: ChildProcessWithoutNullStreams
  readonly #asked: Asked[] = []
  #rest = ''
  #answer: string[] | undefined

  constructor(socket: string) {
    // The server ends with its last session: this one keeps it.
    this.#client = spawn('tmux', ['-L', socket, '-C', 'new-session', '-s', 'keep', 'sleep 600'])
    this.#client.stdout.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
    this.#client.on('close', () => {
      for (const { line, reject } of this.#asked.splice(0)) reject(new Error(`tmux ended before ${line}`))
    })
    // Opening the session is answered as a command is.
    void this.#answered('new-session').catch(() => undefined)
  }

  /** Runs a command; gives what it prints. */
  run(...words: readonly string[]): Promise<string> {
    const line = words.map(quoted).join(' ')
    this.#client.stdin.write(`${line}\n`)
    return this.#answered(line)
  }

  screen(name: string): Promise<string> {
    return this.run('capture-pane', '-p', '-t', name)
  }

  /** Waits until the screen says all of it: terminals and processes take real time, and a screen may be read half painted. */
  async until(name: string, ...texts: readonly (string | RegExp)[]): Promise<string> {
    const says = (shown: string) =>
      texts.every((text) => (typeof text === 'string' ? shown.includes(text) : text.test(shown)))
    for (let tries = 0; tries < 1000; tries++) {
      const shown = await this.screen(name)
      if (says(shown)) return shown
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    throw new Error(`the screen never showed ${texts.map(String).join(' and ')}:\n${await this.screen(name)}`)
  }

  /** Ends the server and all that runs in it. */
  end(): void {
    this.#client.stdin.write('kill-server\n')
    this.#client.stdin.end()
  }

  #answered(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ line, resolve, reject })
    })
  }

  #hear(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#hearLine(line)
  }

  #hearLine(line: string): void {
    if (this.#answer === undefined) {
      if (/^%begin \d+ \d+ /.test(line)) this.#answer = []
      return
    }
    const end = /^%(end|error) \d+ \d+ /.exec(line)
    if (end === null) {
      this.#answer.push(line)
      return
    }
    const answer = this.#answer.join('\n')
    const asked = this.#asked.shift()
    this.#answer = undefined
    if (end[1] === 'end') asked?.resolve(answer)
    else asked?.reject(new Error(`tmux ${asked.line}: ${answer}`))
  }
}

/** A word as tmux' own parser reads it back. */
function quoted(word: string): string {
  return `"${word.replace(/[\\"$]/g, '\\$&').replaceAll('\n', '\\n')}"`
}
