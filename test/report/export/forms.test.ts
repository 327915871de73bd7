import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pageScript } from '../../../scripts/generate-page.ts'
import { utf8Bytes } from '../../../src/bytes/bytes.ts'
import { sha256Hex } from '../../../src/bytes/hashes.ts'
import { segmentAt } from '../../../src/flow/where-is.ts'
import type { Album } from '../../../src/report/export/album.ts'
import { albumCast } from '../../../src/report/export/cast.ts'
import { albumText } from '../../../src/report/export/flow-text.ts'
import { albumMermaid } from '../../../src/report/export/mermaid.ts'
import { albumPage } from '../../../src/report/export/page.ts'
import { albumPerfetto } from '../../../src/report/export/perfetto.ts'
import { albumSvg } from '../../../src/report/export/svg.ts'
import { delayText, placeText } from '../../../src/report/export/words.ts'
import { albumOf, lesson } from './album.ts'

const root = join(import.meta.dirname, '../../..')
const album = albumOf(lesson('correct-horse'), { key: 'password' }, ['Watch', 'Cache', 'Get'])
const updatedAt = 300_000

const forms: Readonly<Record<string, (of: Album) => string>> = {
  page: albumPage,
  text: (of) => albumText(of, of.to).toString(),
  picture: (of) => albumSvg(of, of.to),
  recording: albumCast,
  sequence: albumMermaid,
  trace: albumPerfetto,
}

/** A page's or picture's text as its reader has it. */
function read(markup: string): string {
  return markup
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

describe('U3 U4 page, text and recording agree on the facts', () => {
  test('each delay with its parts, and each never with its reason, stands in all three', () => {
    const facts = album.worlds.flatMap(({ flow }) =>
      flow.delays.map((row) => [placeText(row), delayText(row)] as const),
    )
    expect(facts).toHaveLength(9)
    const told = [
      read(albumPage(album)),
      albumText(album, album.to).toString(),
      albumCast(album).replaceAll('\\r\\n', '\n'),
    ]
    for (const [place, delay] of facts)
      for (const text of told) {
        expect(text).toContain(place)
        expect(text).toContain(delay)
      }
  })

  test('three strategies from one seed: Watch and Get wait for one sync, Cache for the ttl as well', () => {
    const rows = album.worlds.map(({ flow }) => flow.delays.find(({ way }) => way === 'volume'))
    const [watch, cache, get] = rows.map((row) => delayText(row ?? rows[0] ?? raise()))
    const sync = /= sync ([\d.]+)/.exec(watch ?? '')?.[1]
    expect(watch).toMatch(/^[\d.]+ s = sync [\d.]+(?: \+ mount 0\.\d)?$/)
    // A part of less than 50 ms is not told.
    expect(get).toMatch(new RegExp(`= sync ${sync?.replace('.', '\\.')}(?: \\+ (?:cache|mount) 0\\.\\d)*$`))
    expect(cache).toMatch(new RegExp(`= sync ${sync?.replace('.', '\\.')} \\+ cache [67]\\d\\.\\d`))
  })

  test('the letters of lanes at a moment are the same in text, picture and trace', () => {
    const at = updatedAt + 30_000
    const [world] = album.worlds
    const letters = (world?.flow.lanes ?? []).flatMap(({ title, kind, segments }) => {
      const letter = segmentAt(segments, at)?.letter
      return letter === undefined || kind === 'process' ? [] : [`${title} ${letter}`]
    })
    expect(letters).toEqual(['API server B', 'cache B', '/etc/whole A', '/etc/one A', 'env PASSWORD A'])
    expect(albumSvg(album, at)).toContain(`Watch: ${letters.join(', ')}`)
    // As the form has it.
    const { traceEvents } = JSON.parse(albumPerfetto(album)) as {
      traceEvents: { ph: string; name: string; ts: number; dur: number }[]
    }
    const slices = traceEvents.filter(({ ph, ts, dur }) => ph === 'X' && ts <= at * 1000 && ts + dur > at * 1000)
    expect(slices.slice(0, 2).map(({ name }) => name)).toEqual(['B', 'B'])
    const where = albumText({ ...album, worlds: world === undefined ? [] : [world] }, at).toString()
    for (const line of [
      '● B  cache of node-1',
      '○ A  /etc/whole of pod mixed',
      '○ A  env PASSWORD of pod mixed  never: ',
    ])
      expect(where).toContain(line)
  })

  test('a range leaves out what was before; what cannot be is said', () => {
    const late = albumOf(lesson('x1y2z3'), { from: 299_000 })
    expect(late.worlds[0]?.story[0]?.text).toBe('It changes.')
    expect(late.worlds[0]?.flow.lanes.find(({ kind }) => kind === 'file')?.segments[0]?.from).toBeLessThan(299_000)
    expect(() => albumOf(lesson('x'), { from: 999_000 })).toThrow(
      /^the run ends at 540\.\d+ s: there is nothing from 999 s/,
    )
    expect(() => albumOf(lesson('x'), { secret: 'none' })).toThrow(
      'there is no secret default/none in this scenario; there is default/db',
    )
  })
})

describe('S2 values of Secrets', () => {
  test.each(Object.entries(forms))('%s has none, unless they were asked for', (_name, form) => {
    expect(form(album)).not.toMatch(/correct-horse|Y29ycmVjdC1ob3JzZ/)
  })

  test('what a verdict masks has the letter of its revision, as in the player', () => {
    const judged = `${lesson('correct-horse')}    output: { stdout: correct-horse-2 }
  - expect: { file: /etc/one, in: mixed, content: correct-horse }
  - expect: { file: /etc/whole/password, in: mixed, content: correct-horse-2 }
`
    const told = (choice: Parameters<typeof albumOf>[1]) =>
      (albumOf(judged, choice).worlds[0]?.story ?? []).flatMap(({ kind, text }) => (kind === 'verdict' ? [text] : []))
    for (const choice of [{}, { key: 'password' }])
      expect(told(choice)).toEqual([
        expect.stringMatching(/\/etc\/one in mixed says <13 bytes, \w+> \(A\)$/),
        expect.stringMatching(/\/etc\/whole\/password in mixed says <15 bytes, \w+> \(B\)$/),
      ])
    // Of a key that is followed its own letters are told, and of no other.
    const again = judged.replace('-2\\"', '-2\\", \\"other\\":\\"correct-horse\\"')
    expect(again).not.toBe(judged)
    const unsaid = (albumOf(again, {}).worlds[0]?.story ?? []).filter(({ text }) => /<13 bytes, \w+>$/.test(text))
    expect(unsaid.map(({ kind }) => kind)).toContain('verdict')
  })

  test('a page has them by letter when it was asked for', () => {
    const shown = albumOf(lesson('correct-horse'), { reveal: true })
    expect(shown.worlds[0]?.values).toEqual({ A: { password: 'correct-horse' }, B: { password: 'correct-horse-2' } })
    expect(albumPage(shown)).toContain('with values')
  })
})

describe('what comes from outside', () => {
  const hostile = albumOf(
    lesson('x1y2', '</script><script>alert(1)</script>\u001b]0;owned\u0007"><img src=x onerror=alert(2)> ->> P9'),
  )

  test('is text in a page and a picture, and harmless in a terminal', () => {
    const page = albumPage(hostile)
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page.match(/<\/script>/g)).toHaveLength(2)
    expect(page).not.toContain('<img')
    expect(albumSvg(hostile, 0)).not.toMatch(/<script|<img/)
    for (const form of [albumText(hostile, 0).toString(), albumCast(hostile)]) expect(form).not.toContain('owned')
    expect(albumMermaid(hostile).split('\n')[1]).toMatch(/^title: "/)
  })

  test('a page runs its own script alone and asks no network: its policy names both by digest', () => {
    const page = albumPage(album)
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? ''
    expect(policy).toContain("default-src 'none'")
    const base64 = (text: string) => Buffer.from(sha256Hex(utf8Bytes(text)), 'hex').toString('base64')
    const [script = ''] = page.match(/(?<=<script>)[\s\S]*?(?=<\/script>)/) ?? []
    const [style = ''] = page.match(/(?<=<style>)[\s\S]*?(?=<\/style>)/) ?? []
    expect(policy).toContain(`script-src 'sha256-${base64(script)}'`)
    expect(policy).toContain(`style-src 'sha256-${base64(style)}'`)
    expect(page).not.toMatch(/ style="| on\w+="|https?:(?!\/\/www\.w3\.org)/)
  })
})

test('the generated script is that of the source', async () => {
  const kept = readFileSync(join(root, 'src/report/export/generated/page-script.ts'), 'utf8')
  expect(await pageScript(root)).toBe(kept)
})

function raise(): never {
  throw new Error('no row')
}
