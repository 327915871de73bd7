import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exitCodes } from '../../../src/cli/exit-codes.ts'
import { explainText, glossaryList } from '../../../src/report/glossary/explain-text.ts'
import { glossary, nearTerms, termsNamed } from '../../../src/report/glossary/glossary.ts'
import { storageEvents } from '../../../src/report/glossary/storage-events.ts'
import { createPaint } from '../../../src/report/text.ts'
import { clauses } from '../../../src/scenario/clauses.ts'
import { diagnosticCodes } from '../../../src/scenario/diagnostic.ts'
import { scenarioJsonSchema } from '../../../src/scenario/json-schema.ts'
import { glossaryText } from '../../../src/ui/model/glossary.ts'
import { filesBelow, root } from '../../tidy/source-tree.ts'
import { toldReasons } from './told-reasons.ts'

/** Reasons of events that their source computes: what the expression can be. */
const computed: Readonly<Record<string, readonly string[]>> = {
  'src/node/kubelet/loop/sync-loop.ts: reason.reason': [
    'OutOfpods',
    'OutOfcpu',
    'OutOfmemory',
    'OutOfephemeral-storage',
  ],
  'src/node/kubelet/resize/resizes.ts: `Resize${reason}`': ['ResizeDeferred', 'ResizeInfeasible'],
  'src/node/kubelet/node-registrar.ts: reason': [
    'NodeHasSufficientMemory',
    'NodeHasNoDiskPressure',
    'NodeHasSufficientPID',
    'NodeReady',
  ],
  'src/controllers/autoscaler/autoscaler.ts: failure.reason': [
    'FailedGetContainerResourceMetric',
    'FailedGetExternalMetric',
    'FailedGetObjectMetric',
    'FailedGetPodsMetric',
    'FailedGetResourceMetric',
  ],
  'src/controllers/autoscaler/autoscaler.ts: problem.event': [
    'AmbiguousSelector',
    'InvalidSelector',
    'SelectorRequired',
  ],
  'src/controllers/volume-binder/bindings.ts: reason': Object.keys(storageEvents),
  'src/controllers/deployment/revision.ts: reasons.createFailed': ['ReplicaSetCreateError'],
  'src/controllers/disruption.ts: counted.reason': ['NoControllers', 'NoControllerRef'],
  'src/controllers/endpoints.ts: reason': ['FailedToCreateEndpoint', 'FailedToUpdateEndpoint'],
  'src/controllers/job/tracked-sync.ts: finish.reason': [
    'BackoffLimitExceeded',
    'DeadlineExceeded',
    'FailedIndexes',
    'MaxFailedIndexesExceeded',
    'PodFailurePolicy',
  ],
  'src/controllers/job/untracked-sync.ts: reason': ['BackoffLimitExceeded', 'DeadlineExceeded'],
  'src/controllers/node-lifecycle/lifecycle.ts: reason': ['RegisteredNode', 'RemovingNode', 'NodeNotReady'],
  'src/controllers/stateful-set/stateful-set.ts: `Successful${reason}`': ['SuccessfulDelete', 'SuccessfulUpdate'],
  'src/controllers/stateful-set/stateful-set.ts: `Failed${reason}`': ['FailedCreate', 'FailedDelete', 'FailedUpdate'],
}

const namesOf = (kind: string) => glossary.filter((term) => term.kind === kind).map(({ name }) => name)
const known = new Set(glossary.map(({ name }) => name))
const unknown = (names: Iterable<string>) => [...names].filter((name) => !known.has(name))

/** What stands between quotes behind `reason:`-like places in a file: for tables that no syntax gives away. */
const quoted = (path: string, pattern: RegExp) =>
  [...readFileSync(join(root, path), 'utf8').matchAll(pattern)].map(([, name = '']) => name)

describe('the glossary explains', () => {
  test('every reason of events, conditions and states that the sources of the cluster have', () => {
    const { names, computed: expressions } = toldReasons()
    expect(names.size).toBeGreaterThan(60)
    expect(unknown(names)).toEqual([])
    expect([...expressions].sort()).toEqual(Object.keys(computed).sort())
    expect(unknown(Object.values(computed).flat())).toEqual([])
  })

  test('every state in which a container can wait, and every end', () => {
    const waiting = quoted('src/node/kubelet/pods/container.machine.ts', /^ {2}'[\w.]+': '(\w+)',$/gm)
    expect(waiting).toContain('CrashLoopBackOff')
    expect(unknown(waiting)).toEqual([])
    expect(unknown(['ContainerCreating', 'Completed', 'Error', 'OOMKilled', 'ContainerCannotRun'])).toEqual([])
  })

  test('every reason with which the API server refuses', () => {
    const reasons = new Set(
      ['src/apiserver', 'src/client', 'src/api']
        .flatMap(filesBelow)
        .filter((path) => path.endsWith('.ts'))
        .flatMap((path) => quoted(path, /failure\(\s*\d+,\s*'(\w+)'/g)),
    )
    expect(reasons.size).toBeGreaterThan(10)
    expect(unknown(reasons)).toEqual([])
    expect(namesOf('answer')).toContain('Conflict')
  })

  test('every exit code, clause and mistake in a file', () => {
    expect(unknown(Object.values(exitCodes).map(String))).toEqual([])
    expect(namesOf('clause').sort()).toEqual([...clauses].sort())
    expect(namesOf('mistake')).toEqual(Object.keys(diagnosticCodes))
  })

  test('every fault by its key', () => {
    // The schema is JSON Schema, which the loader made.
    const { $defs = {} } = scenarioJsonSchema() as { readonly $defs?: Readonly<Record<string, unknown>> }
    // Each branch of a fault has one key that it must have first: the accident's name.
    const { anyOf = [] } = ($defs.Fault ?? {}) as {
      readonly anyOf?: readonly { readonly required?: readonly string[] }[]
    }
    const heads = new Set(anyOf.flatMap(({ required = [] }) => required.slice(0, 1)))
    expect(heads.size).toBeGreaterThan(8)
    expect(namesOf('fault').sort()).toEqual([...heads].sort())
  })

  test('every invariant and every record of the journal, with the sentence that its room has', () => {
    const ids = filesBelow('src/invariants').flatMap((path) => quoted(path, /\bid: '([A-Z]-\d\d)'/g))
    expect(new Set(ids).size).toBeGreaterThan(30)
    expect([...new Set(namesOf('invariant'))].sort()).toEqual([...new Set(ids)].sort())
    expect(unknown(['object.visible', 'container.exit', 'fault.begin', 'pod.unschedulable'])).toEqual([])
  })
})

describe('a term', () => {
  test('cites only clauses that there are, and leads only to terms that there are', () => {
    const ids: readonly string[] = clauses
    const wrong = glossary.flatMap(({ name, clauses: cited = [], related = [] }) => [
      ...cited.filter((id) => !ids.includes(id)).map((id) => `${name} cites ${id}`),
      ...unknown(related).map((other) => `${name} leads to ${other}`),
    ])
    expect(wrong).toEqual([])
  })

  test('is told in sentences, has a source or a clause, and stands once among its kind', () => {
    const keys = glossary.map(({ kind, name }) => `${kind} ${name}`)
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
    for (const { name, means, when = '.', source, clauses: cited = [], kind, related = [] } of glossary) {
      expect(means, name).toMatch(/^(?:[A-Z`]|podsim ).*\.$/s)
      expect(when, name).toMatch(/\.$/)
      const isGrounded = source !== undefined || cited.length > 0 || related.length > 0 || kind === 'fault'
      expect(isGrounded, name).toBe(true)
    }
  })

  test('names files of podsim that are there', () => {
    const paths = glossary.flatMap(({ source = '' }) => (/^(src|docs)\//.test(source) ? [source] : []))
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('is found by its name in any case, by the end of a path, and by what it is nearly called', () => {
    expect(termsNamed('Failed').map(({ kind }) => kind)).toEqual(['event', 'phase'])
    expect(termsNamed('failedmount').map(({ name }) => name)).toEqual(['FailedMount'])
    expect(termsNamed('spec.volumes.secret.defaultMode').map(({ name }) => name)).toEqual(['defaultMode'])
    expect(termsNamed('nobody.knows')).toEqual([])
    expect(nearTerms('FaildMount')[0]).toBe('FailedMount')
    expect(nearTerms('CrashLoop')).toContain('CrashLoopBackOff')
    expect(nearTerms('zzzzzz')).toEqual([])
  })
})

test.each([40, 80, 100])('on %i columns no line of an explanation is longer', (width) => {
  const paint = createPaint(false)
  const all = `${glossaryList(width, paint)}${explainText(glossary, width, paint)}`.split('\n')
  // A single long word stays whole, and so does the line with name and kind.
  const isBreakable = (line: string) => /^ /.test(line) && line.slice('  see also '.length).trim().includes(' ')
  expect(all.filter((line) => line.length > width && isBreakable(line))).toEqual([])
})

test("the player's glossary is the same table", () => {
  for (const { name, kind, means } of glossary)
    if (kind === 'word') expect(glossaryText.text).toContain(`${name}: ${means}`)
  expect(glossaryText.text).toContain('FailedMount')
})
