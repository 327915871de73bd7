/** What a shell may use: commands, output and memory have ends, so that no script stops the simulation. */
import type { VirtualMs } from '../../kernel/time.ts'

/** What was used up; `killed`: the kernel ends the process, for its container is out of memory. */
export type Spent = 'commands' | 'output' | 'memory' | 'words' | 'depth' | 'killed'

/** Ends what runs. Caught where a shell begins, which tells it in its dialect's words. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError'
  readonly spent: Spent
  constructor(spent: Spent) {
    super(spent)
    this.spent = spent
  }
}

/** Limits of one shell and all that it starts. */
export interface Limits {
  /** Commands that may run at one instant: a loop that never sleeps would stop virtual time. */
  readonly commandsPerInstant: number
  /** Commands that may run in all. */
  readonly commands: number
  /** Bytes that may be written at one instant, into streams, files and variables. */
  readonly bytesPerInstant: number
  /** Bytes that may be written into a log or a terminal at one instant. */
  readonly shownPerInstant: number
  /** Bytes that one variable or one collected stream may hold. */
  readonly memoryBytes: number
  /** Functions, subshells and substitutions inside of one another. */
  readonly depth: number
}

/** Measured: a million bytes through a filter, or twenty thousand commands, take about a tenth of a second. */
export const standardLimits: Limits = {
  commandsPerInstant: 50_000,
  commands: Number.POSITIVE_INFINITY,
  bytesPerInstant: 64 << 20,
  shownPerInstant: 2 << 20,
  memoryBytes: 16 << 20,
  depth: 60,
}

/** Counts; shared by a shell, its subshells and the tools that it runs. */
export class Budget {
  readonly limits: Limits
  readonly #now: () => VirtualMs
  #instant = -1
  #commandsNow = 0
  #bytesNow = 0
  #shownNow = 0
  #excused = 0
  readonly #told = new Set<Spent>()
  #commands = 0

  constructor(limits: Limits, now: () => VirtualMs) {
    this.limits = limits
    this.#now = now
  }

  /** One more command, or as much work as `count` of them. */
  spendCommands(count = 1): void {
    this.#turn()
    this.#commands += count
    this.#commandsNow += count
    if (this.#commandsNow > this.limits.commandsPerInstant || this.#commands > this.limits.commands)
      throw new BudgetError('commands')
  }

  /** So many bytes were written somewhere. */
  spendBytes(count: number): void {
    this.#turn()
    this.#bytesNow += count
    if (this.#bytesNow > this.limits.bytesPerInstant) throw new BudgetError('output')
  }

  /** So many bytes were written where people see them, which costs more: a line of a log is an object of its own. */
  spendShown(count: number): void {
    this.#turn()
    if (this.#shownNow + count > this.limits.shownPerInstant + this.#excused) throw new BudgetError('output')
    this.#shownNow += count
  }

  /**
   * Lets a shell say that something is used up; false: another one has said so at this instant, as all children of a fork bomb
   * would. What a program itself says when it is out of memory is said by each.
   */
  excuse(spent: Spent): boolean {
    this.#turn()
    const isTold = this.#told.has(spent) || (spent === 'commands' && this.#told.has('depth'))
    if (spent !== 'memory' && isTold) return false
    this.#told.add(spent)
    this.#excused += 1024
    return true
  }

  /** So much was shown in all. */
  spendShownTotal(length: number): void {
    if (length > this.limits.shownPerInstant + this.#excused) throw new BudgetError('output')
  }

  /** Something of this size is kept. */
  hold(bytes: number): void {
    if (bytes > this.limits.memoryBytes) throw new BudgetError('memory')
  }

  #turn(): void {
    const now = this.#now()
    if (now === this.#instant) return
    this.#instant = now
    this.#commandsNow = 0
    this.#bytesNow = 0
    this.#shownNow = 0
    this.#told.clear()
  }
}
