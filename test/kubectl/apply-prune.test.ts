import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What kubectl 1.20.2, 1.32.3 and 1.35.2 printed for the same lines (`podsim serve`, clusters of v1.18, v1.26, v1.36). */

const clusters = { '1.20.2': 'v1.18', '1.32.3': 'v1.26', '1.35.2': 'v1.36' } as const
type Kubectl = keyof typeof clusters
const kubectls: readonly Kubectl[] = ['1.20.2', '1.32.3', '1.35.2']

const labelled = (kind: string, name: string, app: string) =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}, labels: {app: ${app}}}\n`

const files = {
  'all.yaml': [
    labelled('ConfigMap', 'one', 'x'),
    labelled('ConfigMap', 'two', 'x'),
    labelled('Secret', 'three', 'x'),
    labelled('ConfigMap', 'other', 'z'),
    labelled('Namespace', 'gone', 'x'),
  ].join('---\n'),
  'one.yaml': `${labelled('ConfigMap', 'one', 'x')}data: {a: b}\n`,
  'bad.yaml': `${labelled('ConfigMap', 'one', 'x')}bad: x\n`,
}

/** A cluster to which all was applied, and a ConfigMap beside it that was not. */
function applied(kubectl: Kubectl): (line: string) => string {
  const sim = createSim({ journal: 'off', version: clusters[kubectl], kubectl, nodes: 0, files })
  const run = (line: string): string => {
    const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '))
    // The date of a line of klog.
    return `${stdout}${stderr.replace(/^[IWE]\d{4} \S+ +\d+ /gm, '')}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
  run('apply -f all.yaml')
  run('create configmap kept')
  run('label configmap kept app=x')
  return run
}

const deprecation =
  'prune.go:71] Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.\n'
const pruned = ['configmap/two', 'secret/three', 'namespace/gone']
const lines = (suffix: string) => pruned.map((each) => `${each} pruned${suffix}\n`).join('')
const flagOf = (kubectl: Kubectl) => (kubectl === '1.20.2' ? '--prune-whitelist' : '--prune-allowlist')
const ofEndpoints = 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n'
const warned = (kubectl: Kubectl) =>
  kubectl === '1.20.2' ? '' : kubectl === '1.32.3' ? deprecation : `${deprecation}${ofEndpoints}`

describe.each(kubectls)('C5 kubectl %s apply --prune', (kubectl) => {
  test('deletes what was applied once, has the label and stands in no file any more', () => {
    const run = applied(kubectl)
    expect(run('apply -f one.yaml --prune -l app=x')).toBe(`configmap/one configured\n${lines('')}${warned(kubectl)}`)
    expect(run('get configmaps -o name')).toContain('configmap/kept\n')
    expect(run('get configmaps -o name')).not.toContain('configmap/two\n')
    expect(run('get secret three')).toBe('Error from server (NotFound): secrets "three" not found\n[1]')
  })

  test('a dry run tells so and deletes nothing', () => {
    const run = applied(kubectl)
    expect(run('apply -f one.yaml --prune -l app=x --dry-run=client')).toBe(
      `configmap/one configured (dry run)\n${lines(' (dry run)')}${warned(kubectl)}`,
    )
    expect(run('apply -f one.yaml --prune -l app=x --dry-run=server')).toBe(
      `configmap/one configured (server dry run)\n${lines(' (server dry run)')}${warned(kubectl)}`,
    )
    expect(run('get secret three -o name')).toBe('secret/three\n')
  })

  test('a list of kinds is all that is looked for', () => {
    const run = applied(kubectl)
    expect(run(`apply -f one.yaml --prune --all ${flagOf(kubectl)}=core/v1/Secret`)).toBe(
      'configmap/one configured\nsecret/three pruned\n',
    )
    expect(run(`apply -f one.yaml --prune --all ${flagOf(kubectl)}=core/v1/ConfigMap -o name`)).toBe(
      'configmap/one\nconfigmap/other\nconfigmap/two\n',
    )
  })

  test('what cannot be applied keeps all the rest', () => {
    const run = applied(kubectl)
    expect(run('apply -f bad.yaml --prune -l app=x')).toMatch(/\[1\]$/)
    expect(run('get secret three -o name')).toBe('secret/three\n')
  })

  test.each([
    [
      '--prune',
      'error: all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector\n[1]',
    ],
    ['--prune --all -l app=x', 'error: cannot set --all and --selector at the same time\n[1]'],
    ['--all -l app=x', 'error: cannot set --all and --selector at the same time\n[1]'],
    [
      `--prune -l app=x ${flagOf(kubectl)}=core/v1`,
      'error: invalid GroupVersionKind format: core/v1, please follow <group/version/kind>\n[1]',
    ],
    [`--prune -l app=x ${flagOf(kubectl)}=core/v1/Nope`, 'error: no matches for kind "Nope" in version "v1"\n[1]'],
    ['--prune -l app=nothing', 'error: no objects passed to apply\n[1]'],
  ])('%s', (flags, words) => {
    expect(applied(kubectl)(`apply -f one.yaml ${flags}`)).toBe(words)
  })

  test('-l alone applies only what it selects', () => {
    expect(applied(kubectl)('apply -f all.yaml -l app=z')).toBe('configmap/other unchanged\n')
  })
})

test('C5 what --prune goes with hangs on the version', () => {
  const told = (flags: string, kubectl: Kubectl) => applied(kubectl)(`apply -f one.yaml --prune -l app=x ${flags}`)
  expect(told('--force', '1.35.2')).toBe('error: --force cannot be used with --prune\n[1]')
  expect(told('--server-side', '1.35.2')).toBe(
    "error: --prune is in alpha and doesn't currently work on objects created by server-side apply\n[1]",
  )
  expect(told('--server-side --force-conflicts', '1.20.2')).toBe('configmap/one serverside-applied\n')
})
