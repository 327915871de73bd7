import { describe, expect, test } from 'vitest'
import {
  bool,
  duration,
  FlagTable,
  int,
  parseFlags,
  parseGoDuration,
  string,
  strings,
} from '../../src/kubectl/cli/flags.ts'

const specs = [
  string('output', 'o'),
  bool('watch', 'w'),
  int('tail', '-1'),
  strings('filename', 'f'),
  duration('timeout', '30s'),
  { name: 'dry-run', type: 'string', initial: 'none', bare: 'unchanged' } as const,
]

function parse(...argv: readonly string[]) {
  return parseFlags(new FlagTable(specs), argv)
}

describe('facts/kubectl.md 1: flags as pflag reads them', () => {
  test('values stand after a blank, after =, or close to a letter; what follows -- is no flag', () => {
    const parsed = parse('pods', '-oyaml', '-w', '--tail=3', '-f', 'a,b', '-f=c', '--dry-run', 'x', '--', '-w')
    if ('error' in parsed) throw new Error(parsed.error)
    expect(parsed.args).toEqual(['pods', 'x', '-w'])
    expect(parsed.values.argsAtDash).toBe(2)
    expect(parsed.values.string('output')).toBe('yaml')
    expect(parsed.values.bool('watch')).toBe(true)
    expect(parsed.values.int('tail')).toBe(3)
    expect(parsed.values.list('filename')).toEqual(['a', 'b', 'c'])
    expect(parsed.values.string('dry-run')).toBe('unchanged')
    expect(parsed.values.durationMs('timeout')).toBe(30_000)
  })

  test.each([
    [['--x'], 'unknown flag: --x'],
    [['-wx'], "unknown shorthand flag: 'x' in -wx"],
    [['--output'], 'flag needs an argument: --output'],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['--tail=x'], 'invalid argument "x" for "--tail" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [
      ['-w=maybe'],
      'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--=x'], 'bad flag syntax: --=x'],
  ])('%j: %s', (argv, error) => {
    expect(parse(...argv)).toEqual({ error })
  })

  test('durations are Go durations', () => {
    expect(parseGoDuration('1h2m3.5s')).toBe(3_723_500)
    expect(parseGoDuration('-5ms')).toBe(-5)
    expect(parseGoDuration('5 s')).toBeUndefined()
  })
})
