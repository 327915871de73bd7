import { beforeAll, describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'
import type { ManifestFile } from '../../src/check/given.ts'
import { allStarts } from '../../src/check/report.ts'
import { type Finding, findingsOf } from '../../src/report/check/findings.ts'
import { goodTree } from './good-tree.ts'
import { type Plant, plants } from './plants.ts'

const filesOf = (tree: Readonly<Record<string, string>>): readonly ManifestFile[] =>
  Object.entries(tree).map(([name, text]) => ({ name, text }))

function plant({ file, from, to }: Plant): readonly ManifestFile[] {
  const text = goodTree[file] ?? ''
  expect(text.split(from).length, `"${from}" stands once in ${file}`).toBeGreaterThan(1)
  return filesOf({ ...goodTree, [file]: text.replace(from, () => to) })
}

/** The same files in a folder and a namespace of their own, so that many trees fit into one cluster. */
function inNamespace(files: readonly ManifestFile[], namespace: string): readonly ManifestFile[] {
  return files.map(({ name, text }) => ({
    name: `${namespace}/${name}`,
    text: text.replace(/^metadata:\n/gm, `metadata:\n  namespace: ${namespace}\n`),
  }))
}

/** Files of a tree that have to do with a mistake in one of them; a Secret may be missed or unused anywhere. */
const needed: Readonly<Record<Plant['file'], readonly string[]>> = {
  'secrets.yaml': Object.keys(goodTree),
  'web.yaml': ['secrets.yaml', 'web.yaml'],
  'jobs.yaml': ['secrets.yaml', 'jobs.yaml'],
  'rights.yaml': ['rights.yaml'],
}

/** Causes for which Pods must have tried to start. */
const toRun = /Missing$|^(podsRefused|unschedulable|imagePull)$/
const isAboutObjects = ({ rule }: Finding) => !/^check\/(podsRefused|unschedulable|imagePull|notReady)$/.test(rule)

/** Rules of causes that have another name than their finding. */
const ruleNames: Readonly<Record<string, string>> = { 'unreadable files': 'unreadable' }

describe('podsim check', () => {
  test('finds nothing to mend in the good tree', () => {
    const report = checkManifests(filesOf(goodTree), { for: '3m' })
    expect(findingsOf(report).filter(({ level }) => level !== 'note')).toEqual([])
    expect(allStarts(report)).toBe(true)
    expect(report.started.map(({ workload }) => workload)).toEqual([
      'deployment default/web',
      'job default/migrate',
      'cronjob default/report',
    ])
  })

  /**
   * Trees, a mistake in each, side by side in one cluster; and a good one, which the others must not disturb. What can be
   * told of the objects alone needs no Pods that run.
   */
  const trees = new Map(
    plants.flatMap((planted, i) => {
      const files = plant(planted).filter(({ name }) => needed[planted.file].includes(name))
      return planted.isAlone ? [] : [[planted, inNamespace(files, `m${i}`)] as const]
    }),
  )
  const together = (isRun: boolean): readonly ManifestFile[] => [
    ...inNamespace(filesOf(goodTree), 'good'),
    ...[...trees].flatMap(([{ rule }, files]) => (toRun.test(rule) === isRun ? files : [])),
  ]
  const options = { createNamespaces: true } as const
  let shared: readonly Finding[] = []
  beforeAll(() => {
    const told = findingsOf(checkManifests(together(false), { ...options, for: '1ms' })).filter(isAboutObjects)
    shared = [...told, ...findingsOf(checkManifests(together(true), { ...options, for: '1m' }))]
  }, 60_000)

  test('mistakes of others are not told of a good tree beside them', () => {
    const own = shared.filter(({ place, level }) => place.file.startsWith('good/') && level !== 'note')
    expect(own).toEqual([])
  })

  test.each(plants)('finds $name', (planted) => {
    const files = trees.get(planted) ?? plant(planted)
    const names = new Set(files.map(({ name }) => name))
    const all = planted.isAlone ? findingsOf(checkManifests(files, { for: '1m' })) : shared
    const findings = all.filter(({ place }) => names.has(place.file))
    const rule = `check/${ruleNames[planted.rule] ?? planted.rule}`
    const found = findings.filter((finding) => finding.rule === rule)
    expect(findings.map((finding) => finding.rule)).toContain(rule)
    const text = found.map(({ message }) => message).join('\n')
    if (planted.says !== undefined) expect(text).toContain(planted.says)
    expect(text).not.toMatch(/hunter2|s3cret pass|a few words/)
    if (planted.at === '-') return
    const mark = planted.at ?? planted.to
    const own = files.find(({ name }) => name.endsWith(planted.file))
    const lines = (own?.text ?? '')
      .split('\n')
      .flatMap((line, i) => (line.includes(mark.split('\n')[0] ?? '') ? [i + 1] : []))
    expect(found.filter(({ place }) => place.file === own?.name && lines.includes(place.line))).not.toEqual([])
  })
})
