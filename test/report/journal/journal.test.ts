import { describe, expect, test } from 'vitest'
import { revealed } from '../../../src/looks/redaction.ts'
import { aligned, essence, isSame, type ToldLine, unnamed } from '../../../src/report/journal/align.ts'
import { compareRuns, versionSteps } from '../../../src/report/journal/compare-runs.ts'
import { readJournal } from '../../../src/report/journal/read-journal.ts'
import { createJournalFile, type JournalLine, type RunJournal } from '../../../src/report/journal/run-journal.ts'
import { datedRows } from '../../../src/sim/dated-rows.ts'

const header = { format: 1, podsim: '0', file: 'a.yaml', title: 'a', seed: '1', version: 'v1.18' } as const
const line = (
  seq: number,
  time: number,
  actor: string,
  text: string,
  more: Partial<JournalLine> = {},
): JournalLine => ({
  ...{ seq, time, actor, type: 'x.y', cause: 0, story: { actor, text, tone: 'normal' } },
  ...more,
})
const run = (lines: readonly JournalLine[]): RunJournal => ({ header, lines, digest: String(lines.length) })
const told = (actor: string, ...texts: readonly (readonly [time: number, text: string])[]): readonly ToldLine[] =>
  texts.map(([time, text], i) => ({ seq: i, time, actor, text }))

describe('two stories side by side', () => {
  test('what is drawn or measured does not keep lines apart, what is said does', () => {
    expect(essence('pod a/web-656599f79c-nfqs6 has secret db, written 1m16.793s before (x5)')).toBe(
      'pod a/web-*-* has secret db, written # before (x#)',
    )
    expect(unnamed('secret default/default-token-x7k2p is <5 bytes, e2f0ce58>')).toBe(
      'secret default/default-token-* is <5 bytes>',
    )
    // Names of people's own stay.
    expect(unnamed('pod default/my-frontend, node-1, kube-system')).toBe('pod default/my-frontend, node-1, kube-system')
  })

  test('one actor late tears no other apart; the same at one instant in another order is the same', () => {
    const pairs = aligned(
      [...told('kubelet', [1, 'mounts'], [2, 'starts']), ...told('scheduler', [1, 'picks a'], [1, 'picks b'])],
      [
        ...told('kubelet', [5, 'mounts'], [6, 'fails'], [7, 'starts']),
        ...told('scheduler', [1, 'picks b'], [1, 'picks a']),
      ],
    )
    const shown = pairs.map((pair) => [pair.left?.text, pair.right?.text, isSame(pair)])
    expect(shown).toEqual(
      expect.arrayContaining([
        ['mounts', 'mounts', false],
        [undefined, 'fails', false],
        ['starts', 'starts', false],
        ['picks b', 'picks b', true],
        ['picks a', 'picks a', true],
      ]),
    )
    expect(pairs).toHaveLength(5)
  })

  test('long stories that have little in common are laid side by side at once', () => {
    const letters = (i: number) => [...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
    const many = (of: (i: number) => number) =>
      told('kubelet', ...Array.from({ length: 5000 }, (_, i) => [i, `step ${letters(of(i))}`] as const))
    const pairs = aligned(
      many((i) => i),
      many((i) => (i * 7919) % 20_011),
    )
    // Only the first is the same at the same time.
    expect(pairs).toHaveLength(2 * 5000 - 1)
    expect(pairs.filter(isSame)).toHaveLength(1)
  })
})

describe('two runs', () => {
  const before = Array.from({ length: 9 }, (_, i) => line(i + 1, i, 'kubelet/n', `step ${String.fromCharCode(97 + i)}`))

  test('the first difference has what came before it, and who acts otherwise; what the cluster was born with is left out', () => {
    const born = line(0, -60_000, 'apiserver', 'older')
    const { parting, isSame: same } = compareRuns(
      run([born, ...before, line(10, 20, 'kubelet/n', 'ends')]),
      run([...before, line(10, 21, 'kubelet/n', 'ends')]),
    )
    expect(same).toBe(false)
    expect(parting).toMatchObject({ time: 20, differences: 1, actors: ['kubelet/n'] })
    expect(parting?.lines.map((pair) => [pair.left?.text, pair.isSame])).toEqual([
      ['step f', true],
      ['step g', true],
      ['step h', true],
      ['step i', true],
      ['ends', false],
    ])
  })

  test('where the story is the same, the first record that differs, and in what', () => {
    const quiet = (value: unknown) => ({ ...line(10, 9, 'apiserver', ''), story: undefined, detail: { code: value } })
    // A line that the story does not tell has no such member.
    const untold = (value: unknown) => {
      const { story: _, ...rest } = quiet(value)
      return rest
    }
    const { parting, untold: found } = compareRuns(run([...before, untold(200)]), run([...before, untold(409)]))
    expect(parting).toBeUndefined()
    expect(found).toEqual({ record: 10, path: 'detail.code', left: '200', right: '409' })
    expect(compareRuns(run(before), run(before))).toMatchObject({ isSame: true, end: [] })
  })

  test('at the end: states of Pods, Events by number, objects, and delays of Secrets', () => {
    const pod = (phase: string) => ({
      type: 'object.updated',
      object: { kind: 'Pod', namespace: 'd', name: 'web-656599f79c-nfqs6' },
      after: { status: { phase, containerStatuses: [{ restartCount: 2, state: { waiting: { reason: 'Crash' } } }] } },
    })
    const event = (count: number) => ({
      type: 'object.updated',
      object: { kind: 'Event', namespace: 'd', name: 'e' },
      after: {
        type: 'Warning',
        reason: 'BackOff',
        count,
        involvedObject: { kind: 'Pod', name: 'web-656599f79c-nfqs6' },
      },
    })
    const secret = { type: 'object.created', object: { kind: 'Secret', namespace: 'd', name: 's' } }
    const seen = (delay: string): Partial<JournalLine> => ({
      story: { actor: 'k', text: `pod d/p has secret s in volume v, written ${delay} before`, tone: 'visible' },
    })
    const { end } = compareRuns(
      run([line(1, 1, 'k', 'a', pod('Running')), line(2, 1, 'k', 'b', event(1)), line(3, 2, 'k', '', seen('1m2s'))]),
      run([
        line(1, 1, 'k', 'a', pod('Failed')),
        line(2, 1, 'k', 'b', event(3)),
        line(3, 2, 'k', '', seen('2.5s')),
        line(4, 3, 'k', 'c', secret),
      ]),
    )
    expect(end).toEqual([
      { what: 'pod d/web-*-*', left: 'Running, Crash, 2 restarts', right: 'Failed, Crash, 2 restarts' },
      { what: 'event Warning BackOff pod/web-*-*', left: 'once', right: '3 times' },
      { what: 'delay: pod d/p has secret s in volume v', left: '1m2s', right: '2.5s' },
      { what: 'secret d/s', right: 'is there' },
    ])
  })

  test('versions: those at which the story changes, with the rows of who acts otherwise', () => {
    const on = (minor: number, ...lines: readonly JournalLine[]) => ({ minor, journal: run([...before, ...lines]) })
    const late = line(10, 30, 'kubelet/n', 'refuses')
    const steps = versionSteps([on(21), on(22, late), on(23, late)], datedRows())
    expect(steps.map(({ minor }) => minor)).toEqual([22])
    expect(steps[0]).toMatchObject({ actors: ['kubelet/n'], first: { right: { text: 'refuses' } } })
    expect(steps[0]?.rows.map(({ what }) => what)).toContain(
      'a Pod worker finishes the sync that it is in before it ends a Pod',
    )
    expect(new Set(steps[0]?.rows.map(({ minor }) => minor))).toEqual(new Set([22]))
    expect(steps[0]?.rows.some(({ component }) => component === 'API server' || component === 'kubectl')).toBe(false)
    expect(steps[0]?.ofApiServer).toBeGreaterThan(0)
  })
})

describe('the file of a journal', () => {
  const file = createJournalFile(revealed)
  const detail = { name: 'n', text: 'says\u001b[31m "x"' }
  const record = { ...{ seq: 1, time: 1, actor: 'controller/n', cause: 0 }, type: 'controller.log' as const, detail }
  const whole = [file.header(header), file.record(record), file.end('0', {})].join('')

  test('is read as it was written, and has nothing that a terminal obeys', () => {
    expect(whole).not.toContain('\u001b')
    expect(readJournal(whole)).toMatchObject({
      ok: true,
      journal: { header, lines: [{ seq: 1, actor: 'controller/n' }] },
    })
  })

  test.each([
    ['', 1, 'the file is empty'],
    ['title: a scenario\nsteps: []', 1, 'expected an object as JSON'],
    ['{"type":"record"}', 1, 'found no header'],
    [whole.replace('"format":1', '"format":99'), 1, 'found format 99, expected 1'],
    [whole.replace('"seed":"1"', '"seed":1'), 1, 'the header lacks'],
    [whole.replace('"time":1', '"time":"1"'), 2, 'found no record'],
    [whole.replace('"tone":"normal"', '"tone":null'), 2, 'found no record'],
    [whole.split('\n').slice(0, 2).join('\n'), 2, 'the file has no end'],
    [`${whole}{"type":"record"}`, 4, 'something stands behind the end'],
    [`[1]\n${whole}`, 1, 'expected an object as JSON'],
  ])('refuses %#, with its line', (text, at, problem) => {
    expect(readJournal(text)).toEqual({ ok: false, line: at, problem: expect.stringContaining(problem) })
  })
})
