import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ash } from '../../src/shell/engine/dialect.ts'
import { parseShell, ScriptLines } from '../../src/shell/engine/grammar/script-text.ts'
import { ShellSyntaxError } from '../../src/shell/engine/grammar/syntax.ts'
import { matches, patternOf } from '../../src/shell/engine/words/pattern.ts'
import { compileRegex } from '../../src/shell/tools/regular-expression.ts'
import { tries } from '../tries.ts'
import { terminal } from './terminal.ts'
import { createWorld } from './world.ts'

const pieces = [
  '$',
  '(',
  ')',
  '{',
  '}',
  '"',
  "'",
  '`',
  ';',
  '&',
  '|',
  ' ',
  '\n',
  '<',
  '>',
  '=',
  '*',
  '[',
  ']',
  '\\',
  '#',
  '!',
  '~',
  '-',
  ':',
  '%',
  '@',
  '1',
  'a',
  'X',
  'if ',
  'then ',
  'fi',
  'while ',
  'do ',
  'done',
  'for ',
  ' in ',
  'case ',
  'esac',
  ';;',
  '$((',
  '))',
  '${',
  'echo ',
  'cat ',
  '/etc/foo',
  '<<E\n',
  '&&',
  '||',
  'sed s/a/b/ ',
  'grep ',
  'ls -la ',
  'test ',
  '__proto__',
  'constructor',
  'read x',
  'eval ',
  'set -e;',
  'f() ',
]
/** Ends that come soon: that the real ones come in words, too, command-line.test.ts and shell.test.ts look. */
const soon = { commands: 10_000, commandsPerInstant: 10_000, bytesPerInstant: 32 << 20 }

const script = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''))

describe('hostile input', () => {
  test('any text is read as a script or refused with a message', () => {
    fc.assert(
      fc.property(fc.oneof(script, fc.string()), (text) => {
        const { error } = parseShell(text, ash.grammar)
        if (error !== undefined)
          expect(
            ash
              .syntax(error, { name: 'sh', line: 1, commandName: undefined, program: 'sh', isInteractive: false }, '-c')
              .join(),
          ).not.toBe('')
      }),
      { numRuns: tries(2000) },
    )
  })

  test('any script runs to an end, to a wait, or to its limit', () => {
    const world = createWorld()
    const { id } = world.start(['sleep', 'infinity'])
    fc.assert(
      fc.property(script, (text) => {
        const result = world.runtime.exec(id, ['sh', '-c', text], 'one\ntwo\n')
        if (result.ok) expect(result.value.exitCode).toBeGreaterThanOrEqual(0)
        else expect(result.message).toContain('podsim')
      }),
      { numRuns: tries(1500) },
    )
  })

  test('deep nesting is refused, not a stack overflow', () => {
    const deep = (open: string, close: string) => parseShell(open.repeat(5000) + close.repeat(5000), ash.grammar)
    for (const [open, close] of [
      ['(', ')'],
      ['$(', ')'],
      ['{ ', ' }'],
      ['if ', ' fi'],
      ['"$(', ')"'],
      ['${a:-', '}'],
    ] as const)
      expect(() => deep(open, close)).not.toThrow()
  })

  test('patterns with many stars take no exponential time', () => {
    expect(matches(patternOf('*a'.repeat(30)), 'a'.repeat(200))).toBe(true)
    expect(matches(patternOf(`${'*a'.repeat(30)}b`), 'a'.repeat(2000))).toBe(false)
  })

  test.each(['[', '\\', '*', 'a\\{1\\}', '[[:alpha:]]*', '\\(a\\|b\\)', '^*a$'])(
    'the pattern %s is read or refused',
    (pattern) => {
      expect(() => compileRegex(pattern, { extended: false })).not.toThrow()
    },
  )
})

describe('what copies and compares without end', () => {
  const memory = 'xrealloc: cannot allocate 33554432 bytes'
  const output = 'podsim: too much was written at one instant'
  const commands = 'podsim: too many commands ran at one instant; the loop is taken to run for ever'

  test.each([
    ['echo x | dd of=f seek=1000000000000', memory],
    ['echo x | dd bs=1000000000000 conv=sync', memory],
    ['dd if=/dev/zero bs=1G count=1', memory],
    ['dd if=/dev/zero of=/dev/null bs=1M', output],
    ['dd if=/dev/zero of=/dev/null bs=1M skip=100000000', output],
    ['dd if=/dev/zero of=f bs=1M count=5 status=none; dd if=/dev/zero of=f bs=1 conv=notrunc', output],
    ['dd if=/dev/zero of=/dev/null bs=1', commands],
    ['diff shuffled sorted', commands],
  ])('%s ends in words', (line, message) => {
    const numbers = Array.from({ length: 5003 }, (_, i) => i)
    const files = {
      shuffled: numbers.map((i) => `${(i * 7919) % 5003}\n`).join(''),
      sorted: numbers.map((i) => `${i}\n`).join(''),
    }
    expect(terminal(files, '/work', soon).run(line).stderr).toBe(`bash: line 1: ${message}\n`)
  })
})

describe('what is read and replaced without end', () => {
  test('names that stand for twice the next one are too much', () => {
    const names = new Map(Array.from({ length: 40 }, (_, i) => [`a${i}`, `a${i + 1};a${i + 1}`]))
    const read = new ScriptLines('a0\n', ash.grammar, 1, () => names).next()
    expect(read instanceof ShellSyntaxError && read.problem.kind).toBe('nesting')
  })

  test.each([
    ['read -n 999999999 x < /dev/zero', 'xrealloc: cannot allocate 33554432 bytes'],
    ['read -t 1 x < /dev/zero', 'xrealloc: cannot allocate 33554432 bytes'],
    ["trap 'false; nope' ERR; f() { false; f; }; f", 'podsim: too many functions or subshells inside of one another'],
  ])('%s ends in words', (line, message) => {
    expect(terminal().run(line).stderr).toContain(message)
  })
})

describe('numbers that are too large for a width', () => {
  test.each([
    ['echo hi | xxd -c 99999999999', 'xxd: invalid number of columns (max. 256).\n'],
    ['echo hi | xxd -c -5', 'xxd: invalid number of columns (max. 256).\n'],
    ['stat -c %999999999999n /', 'bash: line 1: xrealloc: cannot allocate 33554432 bytes\n'],
  ])('%s ends in words', (line, message) => {
    expect(terminal().run(line).stderr).toBe(message)
  })

  test('and for none', () => {
    expect(terminal().run('echo hi | xxd -p -c 300; echo hi | xxd -c 256 | wc -c').stdout).toBe('68690a\n655\n')
  })
})

describe('filters of jq without end', () => {
  test.each([
    ['def f: f; f', 'podsim: too many functions or subshells inside of one another'],
    ['[repeat(1)]', 'podsim: too many functions or subshells inside of one another'],
    ['[range(infinite)]', 'podsim: too many commands ran at one instant; the loop is taken to run for ever'],
    ['"a" * 100000000', 'xrealloc: cannot allocate 33554432 bytes'],
    ['[] | .[100000000] = 1', 'xrealloc: cannot allocate 33554432 bytes'],
  ])('%s ends in words', (filter, message) => {
    expect(terminal({}, '/work', soon).run(`jq -n '${filter}'`).stderr).toBe(`bash: line 1: ${message}\n`)
  })

  test('any text is a filter or refused with a message', () => {
    const piece = fc.constantFrom(
      ...'. | , [ ] { } ( ) : ; $ " \\( as def f if then else end reduce foreach try catch // |= += ? .. .a 1 @csv map( select( not - * label break __proto__ constructor'.split(
        ' ',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const { stderr, exitCode } = terminal({ f: pieces.join(' ') }).run('echo "[1,{\\"a\\":null}]" | jq -f f')
        expect(stderr).not.toMatch(/TypeError|undefined/)
        expect([0, 2, 3, 5]).toContain(exitCode)
      }),
      { numRuns: tries(300) },
    )
  })
})
