import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Album } from '../../src/report/export/album.ts'
import { lesson } from '../report/export/album.ts'
import { inProcess } from './in-process.ts'

/** `podsim export` as it is called: which part of a run is taken home, and in which form. */

const folder = mkdtempSync(join(tmpdir(), 'podsim-export-'))
writeFileSync(join(folder, 'lesson.yaml'), lesson('correct-horse'))
afterAll(() => rmSync(folder, { recursive: true }))

const exported = (...flags: readonly string[]) => inProcess(['export', 'lesson.yaml', ...flags], { cwd: folder })

async function albumIn(...flags: readonly string[]): Promise<Album> {
  const { code, stdout, stderr } = await exported('-o', 'run.html', ...flags)
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'run.html\n', stderr: '' })
  const page = readFileSync(join(folder, 'run.html'), 'utf8')
  return JSON.parse(/id="data">(.*?)<\/script>/.exec(page)?.[1] ?? '')
}

describe('the part that is taken home', () => {
  const changedAt = (300 + 3) * 1000
  const storyOf = (album: Album) => album.worlds.flatMap(({ story }) => story)

  test('is all of it unless somebody says otherwise', async () => {
    const album = await albumIn()
    const times = storyOf(album).map(({ at }) => at)
    expect([album.from, Math.min(...times)]).toEqual([0, 0])
    expect(Math.max(...times)).toBe(album.to)
    expect(album.to).toBeGreaterThan(500_000)
  })

  test('begins at --from: what was before is not told, what a place has from then is drawn', async () => {
    const album = await albumIn('--from', '4m')
    expect(album.from).toBe(240_000)
    expect(Math.min(...storyOf(album).map(({ at }) => at))).toBeGreaterThanOrEqual(240_000)
    expect(storyOf(album).map(({ text }) => text)).toContain('It changes.')
    expect(storyOf(album).map(({ text }) => text)).not.toContain('A Secret and a Pod.')
    const file = album.worlds[0]?.flow.lanes.find(({ kind }) => kind === 'file')
    expect(file?.segments[0]).toMatchObject({ letter: 'A' })
  })

  test('ends at --to: what comes after it is not told, neither in the story nor in lanes, delays and moments', async () => {
    const album = await albumIn('--to', '4m')
    expect(album.to).toBe(240_000)
    expect(album.to).toBeLessThan(changedAt)
    expect(Math.max(...storyOf(album).map(({ at }) => at))).toBeLessThanOrEqual(240_000)
    for (const { flow } of album.worlds) {
      expect(flow.revisions.map(({ letter }) => letter)).toEqual(['A'])
      expect(flow.delays.filter(({ letter }) => letter === 'B')).toEqual([])
      for (const { segments, marks } of flow.lanes) {
        expect(segments.map(({ letter }) => letter)).not.toContain('B')
        expect(segments.filter(({ from, to = 0 }) => Math.max(from, to) > album.to)).toEqual([])
        expect(marks.filter(({ at }) => at > album.to)).toEqual([])
      }
      expect(flow.moments.filter(({ at }) => at > album.to)).toEqual([])
    }
    for (const { objects, map } of album.worlds) {
      expect(objects.flatMap(({ states }) => states).filter(({ at }) => at > album.to)).toEqual([])
      for (const { states, users } of map)
        for (const { from, to = 0 } of [...states, ...users.flatMap(({ spans }) => spans)])
          expect(Math.max(from, to)).toBeLessThanOrEqual(album.to)
    }
    expect(JSON.stringify(album)).not.toContain('It changes.')
  })

  test('has both ends, in every form', async () => {
    const album = await albumIn('--from', '1m', '--to', '5m10s')
    expect([album.from, album.to]).toEqual([60_000, 310_000])
    const range = ['--from', '1m', '--to', '5m10s']
    const { stdout: text } = await exported('-o', '-', '--format', 'txt', ...range)
    expect(text).toMatch(/at 00:05:10\.0[\s\S]* 00:01:00\.0 [\s\S]*B {2}mixed \/etc\/whole: not yet/)
    expect(text).not.toContain('00:00:0')
    const { stdout: cast } = await exported('-o', '-', '--format', 'cast', ...range)
    expect(cast).toContain('It changes.')
    expect(cast).not.toMatch(/A Secret and a Pod\.|cat \/etc\/whole/)
    const { stdout: trace } = await exported('-o', '-', '--format', 'perfetto', ...range)
    // In microseconds.
    const { traceEvents }: { readonly traceEvents: readonly { readonly ts?: number }[] } = JSON.parse(trace)
    expect(Math.max(...traceEvents.map(({ ts = 0 }) => ts))).toBeLessThanOrEqual(310_000_000)
  })
})

test.each([
  [['-o', '-', '--format', 'txt', '--from', '99m'], /^error: the run ends at 54\d.* s: there is nothing from 5940 s/],
  [['-o', '-', '--format', 'txt', '--from', '2m', '--to', '1m'], /^error: .*there is nothing from 120 s to 60 s/],
  [['-o', '-', '--format', 'txt', '--to', 'soon'], /^error: --to is "soon"; expected a time such as 2m15\.5s/],
  [['-o', 'run.gif'], /^error: --output run\.gif does not say which form is meant; expected one of \.html/],
  [['-o', 'run.txt', '--live'], /^error: --live is for pages; txt is none/],
])('%j is told what is wrong with it', async (flags, message) => {
  const { code, stdout, stderr } = await exported(...flags)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(message)
})
