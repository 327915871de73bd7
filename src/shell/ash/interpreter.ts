import { type ByteText, toBytes, toText } from '../bytes-text.ts'
import { runSimpleCommand, type ShellEngine } from './command.ts'
import { type Capture, ExpansionTrouble, expandPattern, expandText, expandWords } from './expansion.ts'
import { matchesGlob } from './glob.ts'
import { redirect } from './redirect.ts'
import {
  InputStream,
  maxShellDepth,
  type Outcome,
  type Run,
  type ShellIo,
  type ShellState,
  stepBudget,
  tooDeep,
} from './state.ts'
import type { Node, Script } from './syntax.ts'

/** Runs commands one after the other, until one of them ends the script or a loop. */
export function* runScript(script: Script, state: ShellState, io: ShellIo, isTested = false): Run {
  let outcome: Outcome = { code: 0 }
  for (const node of script) {
    outcome = yield* runNode(node, state, io, isTested)
    state.lastCode = outcome.code
    if (outcome.jump !== undefined) return outcome
  }
  return outcome
}

/** `isTested`: its code is looked at by an `if`, `&&` or `!`, so that `set -e` does not end the shell. */
function* runNode(node: Node, state: ShellState, io: ShellIo, isTested: boolean): Run {
  if (--state.budget.left < 0) {
    io.err(
      toBytes(`${state.name}: podsim: ${stepBudget} commands ran at one instant; the loop is taken to run for ever\n`),
    )
    state.budget.left = stepBudget
    yield { kind: 'forever' }
  }
  let outcome: Outcome
  try {
    outcome = yield* runAnyNode(node, state, io, isTested)
  } catch (trouble) {
    if (!(trouble instanceof ExpansionTrouble)) throw trouble
    io.err(toBytes(`${state.name}: ${trouble.message}\n`))
    return { code: 2, jump: { kind: 'exit', levels: 0 } }
  }
  const ends = state.exitsOnError && outcome.code !== 0 && !isTested && outcome.jump === undefined
  return ends && failsShell(node) ? { ...outcome, jump: { kind: 'exit', levels: 0 } } : outcome
}

function failsShell(node: Node): boolean {
  return (
    node.kind === 'simple' || (node.kind === 'pipeline' && !node.negated) || (node.kind === 'group' && node.subshell)
  )
}

function* runAnyNode(node: Node, state: ShellState, io: ShellIo, isTested: boolean): Run {
  switch (node.kind) {
    case 'simple':
      return yield* runSimpleCommand(node, state, io, engine)
    case 'pipeline':
      return yield* runPipeline(node.commands, node.negated, state, io, isTested)
    case 'logical': {
      const left = yield* runNode(node.left, state, io, true)
      state.lastCode = left.code
      if (left.jump !== undefined || (left.code === 0) !== (node.operator === '&&')) return left
      return yield* runNode(node.right, state, io, isTested)
    }
    case 'function':
      state.functions.set(node.name, node.body)
      return { code: 0 }
    default: {
      const redirected = yield* redirect(node.redirects, state, io, captureFor(state, io))
      if (!redirected.ok) return { code: 1 }
      return yield* runCompound(node, state, redirected.io, isTested)
    }
  }
}

function* runCompound(
  node: Exclude<Node, { kind: 'simple' | 'pipeline' | 'logical' | 'function' }>,
  state: ShellState,
  io: ShellIo,
  isTested: boolean,
): Run {
  switch (node.kind) {
    case 'if': {
      for (const { test, body } of node.clauses) {
        const tested = yield* runScript(test, state, io, true)
        if (tested.jump !== undefined) return tested
        if (tested.code === 0) return yield* runScript(body, state, io, isTested)
      }
      return yield* runScript(node.otherwise, state, io, isTested)
    }
    case 'loop':
      return yield* runLoop(node, state, io, isTested)
    case 'for':
      return yield* runFor(node, state, io, isTested)
    case 'case': {
      const text = yield* expandText(node.word, state, captureFor(state, io))
      for (const { patterns, body } of node.clauses)
        for (const pattern of patterns)
          if (matchesGlob(yield* expandPattern(pattern, state, captureFor(state, io)), text))
            return yield* runScript(body, state, io, isTested)
      return { code: 0 }
    }
    case 'group': {
      if (!node.subshell) return yield* runScript(node.body, state, io, isTested)
      if (state.depth >= maxShellDepth) return tooDeep(state, io)
      const { code } = yield* runScript(node.body, state.subshell(), io, isTested)
      return { code }
    }
  }
}

/** What a loop makes of the end of its body: undefined, it goes on. */
function afterBody(outcome: Outcome): Outcome | undefined {
  const { jump, code } = outcome
  if (jump === undefined) return undefined
  if (jump.kind !== 'break' && jump.kind !== 'continue') return outcome
  if (jump.levels > 1) return { code, jump: { ...jump, levels: jump.levels - 1 } }
  return jump.kind === 'break' ? { code: 0 } : undefined
}

function* runLoop(node: Extract<Node, { kind: 'loop' }>, state: ShellState, io: ShellIo, isTested: boolean): Run {
  let code = 0
  for (;;) {
    const tested = yield* runScript(node.test, state, io, true)
    if (tested.jump !== undefined) return afterBody(tested) ?? { code: 0 }
    if ((tested.code === 0) === node.until) return { code }
    const outcome = yield* runScript(node.body, state, io, isTested)
    code = outcome.code
    const ended = afterBody(outcome)
    if (ended !== undefined) return ended
  }
}

function* runFor(node: Extract<Node, { kind: 'for' }>, state: ShellState, io: ShellIo, isTested: boolean): Run {
  const words =
    node.words === undefined ? state.positional : yield* expandWords(node.words, state, captureFor(state, io))
  let code = 0
  for (const word of words) {
    state.variables.set(node.name, word)
    const outcome = yield* runScript(node.body, state, io, isTested)
    code = outcome.code
    const ended = afterBody(outcome)
    if (ended !== undefined) return ended
  }
  return { code }
}

/** One command after the other, each with the whole output of the one before. */
function* runPipeline(
  commands: readonly Node[],
  negated: boolean,
  state: ShellState,
  io: ShellIo,
  isTested: boolean,
): Run {
  let stdin = io.stdin
  let outcome: Outcome = { code: 0 }
  for (const [index, command] of commands.entries()) {
    const isLast = index === commands.length - 1
    if (commands.length === 1) outcome = yield* runNode(command, state, io, true)
    else {
      const written: ByteText[] = []
      const out = isLast ? io.out : (bytes: ByteText) => void written.push(bytes)
      const { code } = yield* runNode(command, state.subshell(), { ...io, stdin, out }, isTested || !isLast)
      outcome = { code }
      stdin = new InputStream(written.join(''))
    }
  }
  return negated && outcome.jump === undefined ? { code: outcome.code === 0 ? 1 : 0 } : outcome
}

/** Command substitution: a subshell's output as text. */
export function captureFor(state: ShellState, io: ShellIo): Capture {
  return function* capture(script) {
    if (state.depth >= maxShellDepth)
      throw new ExpansionTrouble(`podsim: more than ${maxShellDepth} subshells inside of one another`)
    const written: ByteText[] = []
    const { code } = yield* runScript(script, state.subshell(), { ...io, out: (bytes) => void written.push(bytes) })
    state.lastCode = code
    // A shell drops the zero bytes of what it captures.
    return toText(written.join('').replaceAll('\0', ''))
  }
}

const engine: ShellEngine = {
  capture: captureFor,
  runScript: (script, state, io) => runScript(script, state, io),
  runNode: (node, state, io) => runNode(node, state, io, false),
}
