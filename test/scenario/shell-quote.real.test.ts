import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellQuoted } from '../../src/scenario/shell-quote.ts'
import { anyText } from '../any-text.ts'

test('a POSIX shell reads every word back as it was, and a terminal shows it', () => {
  const words = fc.sample(anyText(), { numRuns: 60, seed: 1 }).filter((word) => !word.includes('\0'))
  const line = ['a b', "it's", '$HOME `x` "y"', '', '\n', '\u001b]0;X\u0007', '\u202e', ...words].map(shellQuoted)
  expect(line.join(' ')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${line.join(' ')}`], { encoding: 'buffer' })
  const lossy = (text: string) => Buffer.from(text).toString()
  expect(printed.toString().split('\0').slice(0, -1)).toEqual(
    ['a b', "it's", '$HOME `x` "y"', '', '\n', '\u001b]0;X\u0007', '\u202e', ...words].map(lossy),
  )
})
