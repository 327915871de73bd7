import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The engine's rules (docs/decisions/0006-processes-and-streams.md), counted: what takes virtual time is an Observable, waiting
 * is a process, named state lives in a machine. What is not there yet has a limit that only shrinks: lower it when you can.
 */

const root = join(import.meta.dirname, '..')

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

const sources = filesBelow(join(root, 'src'))
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('/generated/'))
  .map((path) => ({ path: relative(root, path), text: withoutComments(readFileSync(path, 'utf8')) }))

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')).replace(/(^|\s)\/\/.*$/gm, '')
}

/** `file: line` of every line of the files that matches. */
function linesWith(pattern: RegExp, isIn: (path: string) => boolean = () => true): string[] {
  return sources
    .filter(({ path }) => isIn(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .filter((line) => pattern.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    )
}

const outsideKernel = (path: string): boolean => !path.startsWith('src/kernel/')
/** Rooms in which virtual time passes: what the faces of the library do is the host's. */
const inCore = (path: string): boolean => !/^src\/(cli|ui|testing|serve)\//.test(path)

const subjectOwners = [
  'src/kernel/instance.ts',
  'src/kernel/journal.ts',
  'src/node/kubelet/loop/cleanup.ts',
  'src/node/kubelet/loop/deadlines.ts',
  'src/node/kubelet/loop/pleg.ts',
  'src/node/kubelet/loop/pod-source.ts',
  'src/node/kubelet/loop/static-pod-source.ts',
  'src/node/kubelet/loop/work-queue.ts',
  'src/node/kubelet/pods/pod-workers.ts',
  'src/node/kubelet/probes/prober.ts',
  'src/node/kubelet/state-feed.ts',
  'src/node/kubelet/status/status-manager.ts',
  'src/node/runtime/container.ts',
  'src/node/runtime/directory-watch.ts',
  'src/node/secrets/ttl-manager.ts',
  'src/node/secrets/watch-manager.ts',
  'src/node/volumes/state-of-world.ts',
]

describe('the engine', () => {
  test.each<[string, RegExp, (path: string) => boolean, number]>([
    ['callbacks named done', /\bdone: (?:\(|\w*Done\b)|[(,] ?done\) (?:=>|\{)/, inCore, 0],
    [
      'coroutine protocols beside Steps',
      /\bGenerator<(?:[^<>]*,|$)/,
      (path) => path !== 'src/kernel/steps.ts' && inCore(path),
      5,
    ],
    ['closures put on the kernel', /\.schedule\(/, outsideKernel, 10],
    [
      'guards against what was stopped',
      /\bisStopped\b|#epoch\b|\bepoch (?:!==|===)/,
      (p) => outsideKernel(p) && inCore(p),
      12,
    ],
    ['generators made for one call', /process\([^)]*function\*/, inCore, 0],
    // docs/decisions/0011-what-is-made-in-crowds.md: all three keep a simulation alive that nobody holds any more.
    ['getters in object literals', /^ {4,}get \w+\(\)/, inCore, 6],
    ['closures assigned to members', /\w\.#?\w+ \??\??= (?:\([^=]*\)|\w+) =>/, inCore, 4],
    ['steps that are closures', /(?:= |return )function\*|^ +function\* |^ {4,}\*\w+\(/, inCore, 118],
    // What is left are the readers of tables that have a column of their own for it, and the two recorded schemas.
    ['comparisons of minor versions', /\bminor (?:>=|<=?|>) /, (path) => !path.startsWith('src/versions/'), 9],
  ])('has no more %s than it had', (_, pattern, isIn, limit) => {
    const found = linesWith(pattern, isIn)
    expect(found.length, found.join('\n')).toBeLessThanOrEqual(limit)
  })

  test('uses no operator of RxJS that costs much on virtual time, or swallows bugs', () => {
    const operators =
      'delay|timer|interval|concatMap|switchMap|exhaustMap|retry|repeat|catchError|share|shareReplay|takeUntil|debounce'
    const imported = new RegExp(`import [^'"]*\\b(?:${operators})\\w*\\b[^'"]*from 'rxjs`)
    expect(linesWith(imported, inCore)).toEqual([])
  })

  test('makes Subjects and Sources only where several hear of what one part tells', () => {
    const owners = new Set(subjectOwners)
    expect(
      linesWith(/new (?:(?:Behavior|Replay|Async)?Subject|Source)\b/, (path) => inCore(path) && !owners.has(path)),
    ).toEqual([])
    expect(linesWith(/^ {2}readonly (?!#)\w+ = new (?:Subject|Source)\b/, inCore)).toEqual([])
  })

  test('every machine is imported by the code that it drives', () => {
    const machines = sources.filter(({ path }) => path.endsWith('.machine.ts')).map(({ path }) => path)
    const isDriven = (machine: string): boolean => {
      const file = machine.split('/').at(-1) ?? ''
      return sources.some(
        ({ path, text }) => !/^src\/(?:ui|looks)\//.test(path) && text.includes(`/${file}'`) && path !== machine,
      )
    }
    expect(machines.length).toBeGreaterThan(5)
    expect(machines.filter((machine) => !isDriven(machine))).toEqual([])
  })

  test('a client answers with Onces and Observables, a journal tells by a stream', () => {
    const client = bodyOf('src/client/client.ts', 'export interface Client {')
    const answers = [...client.matchAll(/\): ([\w<>| &]+)$/gm)].map((match) => match[1] ?? '')
    expect(answers.length).toBe(8)
    expect(answers.filter((answer) => !/^(?:Asked|Watch)</.test(answer))).toEqual([])
    const journal = bodyOf('src/kernel/journal.ts', 'export interface JournalReader<')
    expect(journal).toContain('readonly records$: Observable<Record>')
    expect(journal).not.toMatch(/=> void\)/)
  })
})

function bodyOf(path: string, opening: string): string {
  const text = sources.find((source) => source.path === path)?.text ?? ''
  const start = text.indexOf(opening)
  expect(start, `${path} has ${opening}`).toBeGreaterThanOrEqual(0)
  return text.slice(start, text.indexOf('\n}', start))
}
