import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asciiOnly, isUtf8Locale } from '../../src/ui/screen/ascii.ts'
import { createKeyDecoder, keyName } from '../../src/ui/screen/key-decoder.ts'
import { prepareRenderer } from '../../src/ui/screen/prepare-renderer.ts'
import { anyText } from '../any-text.ts'

/** Names of the keys in what a terminal sends, with nothing more to come. */
function keys(...chunks: readonly string[]): readonly string[] {
  const decoder = createKeyDecoder()
  return [...chunks.flatMap((chunk) => decoder.feed(chunk)), ...decoder.flush()].map(keyName)
}

describe('keys', () => {
  test.each([
    ['qj ', ['q', 'j', ' ']],
    ['\u001b[A\u001b[B\u001b[C\u001b[D', ['up', 'down', 'right', 'left']],
    ['\u001bOA\u001bOH\u001bOF', ['up', 'home', 'end']],
    ['\u001b[1~\u001b[4~\u001b[5~\u001b[6~', ['home', 'end', 'pageup', 'pagedown']],
    ['\t\u001b[Z', ['tab', 'shift+tab']],
    ['\u001bq', ['alt+q']],
    ['\u000b\u0003\u001a', ['ctrl+k', 'ctrl+c', 'ctrl+z']],
    ['\u001b[1;5C\u001b[1;3D\u001b[1;2A', ['ctrl+right', 'alt+left', 'shift+up']],
    ['\r\u007f', ['enter', 'backspace']],
    ['\u001b', ['escape']],
    ['😀', ['😀']],
    ['\u001b[?62;4c\u001b[97;5u', []],
  ])('%j is %j', (sent, names) => {
    expect(keys(sent)).toEqual(names)
  })

  test('what is pasted is one key, wherever the terminal cuts it', () => {
    expect(keys('a\u001b[200~quit q\n\u001b[A\u001b[201~b')).toEqual(['a', 'paste', 'b'])
    const decoder = createKeyDecoder()
    const heard = ['\u001b[200~ge', 't po', 'ds\u001b[20', '1~z'].flatMap((chunk) => decoder.feed(chunk))
    expect(heard.map(({ name, text }) => [name, text])).toEqual([
      ['paste', 'get pods'],
      ['z', undefined],
    ])
  })

  test('the same keys come of the same bytes, however they are cut', () => {
    const piece = fc.constantFrom(
      'q',
      '\t',
      '\u001b[A',
      '\u001b[1;5C',
      '\u001b[5~',
      '\u001b[200~q\u001b[201~',
      '\u001bOH',
    )
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(6)), (pieces, cuts) => {
        const sent = pieces.join('')
        const chunks: string[] = []
        let at = 0
        for (const cut of cuts) {
          chunks.push(sent.slice(at, at + cut))
          at += cut
        }
        expect(keys(...chunks, sent.slice(at))).toEqual(keys(sent))
      }),
    )
  })

  test('nothing that a terminal may send makes it fail', () => {
    fc.assert(fc.property(fc.array(anyText()), (chunks) => void keys(...chunks)))
  })
})

describe('terminals without colours, or without Unicode', () => {
  test.each([
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, false],
    [{ LC_ALL: '', LC_CTYPE: 'de_DE.utf8', LANG: 'C' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{}, true],
  ])('the locale %j has more than ASCII: %j', (env, expected) => {
    expect(isUtf8Locale(env)).toBe(expected)
  })

  test('what podsim draws stays as wide in ASCII', () => {
    expect(asciiOnly('┌▶ Timeline ──┐│✓ ok…│ 漢 é')).toBe('+> Timeline --+|v ok~| ?? ?')
  })

  test('the renderer is told of colours by the one variable that it knows', () => {
    const env: Record<string, string | undefined> = { NO_COLOR: '1', CI: '', CI_NAME: 'x', HOME: '/' }
    prepareRenderer(env, false)
    expect(env).toEqual({ HOME: '/', FORCE_COLOR: '0' })
  })
})
