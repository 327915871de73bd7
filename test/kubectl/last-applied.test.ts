import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What kubectl 1.20.2, 1.32.3 and 1.35.2 printed for the same lines (`podsim serve`, clusters of v1.18, v1.26, v1.36). */

const clusters = { '1.20.2': 'v1.18', '1.32.3': 'v1.26', '1.35.2': 'v1.36' } as const

const secret = (label: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: db, labels: {a: ${label}}}\nstringData: {a: b}\n`
const files = {
  'b.yaml': secret('b'),
  'c.yaml': secret('c'),
  'two.yaml': `${secret('d')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: none}\n`,
}

const told = (label: string) =>
  `{"apiVersion":"v1","kind":"Secret","metadata":{"labels":{"a":"${label}"},"name":"db","namespace":"default"},"stringData":{"a":"b"}}\n`
const nothingNamed =
  "error: You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'\n[1]"

describe.each(Object.entries(clusters))('C5 kubectl %s: what was applied last', (kubectl, version) => {
  const made = (): ((line: string) => string) => {
    const sim = createSim({ journal: 'off', version, kubectl, nodes: 0, files })
    const run = (line: string): string => {
      const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '))
      return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
    }
    run('create -f b.yaml')
    return run
  }
  const annotation =
    'get secret db -o jsonpath={.metadata.annotations.kubectl\\.kubernetes\\.io/last-applied-configuration}'

  test('is set to a file, where it is asked for if there was none, and nothing else changes', () => {
    const run = made()
    expect(run('apply set-last-applied -f c.yaml')).toBe(
      'error: no last-applied-configuration annotation found on resource: db, to create the annotation, run the command with --create-annotation\n[1]',
    )
    expect(run('apply set-last-applied -f c.yaml --create-annotation --dry-run=client')).toBe(
      'secret/db configured (dry run)\n',
    )
    expect(run('apply set-last-applied -f c.yaml --create-annotation --dry-run=server')).toBe(
      'secret/db configured (server dry run)\n',
    )
    expect(run(annotation)).toBe('')
    expect(run('apply set-last-applied -f c.yaml --create-annotation')).toBe('secret/db configured\n')
    expect(run(annotation)).toBe(told('c'))
    expect(run('get secret db -o jsonpath={.metadata.labels}')).toBe('{"a":"b"}')
    expect(run('apply set-last-applied -f c.yaml')).toBe('set-last-applied db: no changes required.\n')
    expect(run('apply set-last-applied -f b.yaml -o name')).toBe('secret/db\n')
    expect(run(annotation)).toBe(told('b'))
  })

  test('is what apply begins with: what the file has no more goes', () => {
    const run = made()
    run('label secret db by=hand')
    expect(run('apply set-last-applied -f c.yaml --create-annotation')).toBe('secret/db configured\n')
    expect(run('apply -f c.yaml')).toBe('secret/db configured\n')
    expect(run('get secret db -o jsonpath={.metadata.labels}')).toBe('{"a":"c","by":"hand"}')
  })

  test('nothing is set if one of several objects is not there', () => {
    const run = made()
    run('apply set-last-applied -f b.yaml --create-annotation')
    expect(run('apply set-last-applied -f two.yaml')).toBe(
      'Error from server (NotFound): configmaps "none" not found\n[1]',
    )
    expect(run(annotation)).toBe(told('b'))
  })

  test('is shown; what has none is passed over, unless a file names it', () => {
    const run = made()
    expect(run('apply view-last-applied secret db')).toBe('')
    expect(run('apply view-last-applied sa default -o nonsense')).not.toContain('nonsense, the flag')
    expect(run('apply view-last-applied -f b.yaml')).toBe(
      'error: error when no last-applied-configuration annotation found on resource: db\n "b.yaml": <nil>\n[1]',
    )
    run('apply set-last-applied -f b.yaml --create-annotation')
    const yaml =
      'apiVersion: v1\nkind: Secret\nmetadata:\n  labels:\n    a: b\n  name: db\n  namespace: default\nstringData:\n  a: b\n'
    expect(run('apply view-last-applied secrets --all')).toBe(yaml)
    expect(run('apply view-last-applied secret -l a=b')).toBe(yaml)
    expect(run('apply view-last-applied secret/db -o name')).toBe(
      "error: Unexpected -o output mode: name, the flag 'output' must be one of yaml|json\nSee 'kubectl apply view-last-applied -h' for help and examples\n[1]",
    )
  })

  test.each(['', ' secret db'])('set-last-applied%s wants a file', (args) => {
    expect(made()(`apply set-last-applied${args}`)).toBe(nothingNamed)
  })

  test.runIf(kubectl === '1.35.2')('is edited', () => {
    const sim = createSim({ journal: 'off', version, kubectl, nodes: 0, files })
    const run = (line: string, editor = 'true'): string => {
      const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '), { editor })
      return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
    }
    sim.kubectl('apply -f b.yaml')
    expect(run('apply edit-last-applied secret db')).toBe('Edit cancelled, no changes made.\n')
    expect(run('apply edit-last-applied secret db', 'cp "$1" seen; sed -i s/stringData/data/ "$1"')).toBe(
      'secret/db edited\n',
    )
    expect(sim.shell('head -4 seen').stdout).toBe(
      "# Please edit the 'last-applied-configuration' annotations below.\n# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.\n#\napiVersion: v1\n",
    )
    expect(run('apply view-last-applied secret db')).toContain('\ndata:\n  a: b\n')
    expect(run('get secret db -o jsonpath={.data}')).toBe('{"a":"Yg=="}')
    expect(run('apply edit-last-applied sa default')).toBe(
      'error: no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`\n[1]',
    )
  })
})
