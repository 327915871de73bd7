import { describe, expect, test } from 'vitest'
import { lineAndColumn } from '../../src/scenario/diagnostic.ts'
import { loadScenario } from '../../src/scenario/load.ts'

const nothingBeside = { readBeside: () => undefined }

function told(text: string) {
  const loaded = loadScenario(text, 'x.yaml', nothingBeside)
  return (loaded.ok ? loaded.warnings : loaded.errors).map(({ code, message, range, suggestion }) => {
    const { line, column } = lineAndColumn(text, range[0])
    return [`${line}:${column}`, code, message, ...(suggestion === undefined ? [] : [suggestion])]
  })
}

/** A scenario with one manifest as a block text; the manifest's first line is line 4 of the file, indented by six. */
function applying(manifest: string): string {
  const lines = manifest.split('\n').map((line) => (line === '' ? '' : `      ${line}`))
  return `title: x\nsteps:\n  - apply: |\n${lines.join('\n')}\n`
}

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: main\n    image: redis\n'

describe('a manifest in a scenario', () => {
  test.each([
    ['without kind', 'apiVersion: v1', [['4:7', 'BAD_MANIFEST', 'the manifest has no kind']]],
    [
      'of a kind that is misspelt',
      'apiVersion: v1\nkind: Secert\n',
      [['5:13', 'BAD_MANIFEST', 'there is no kind "Secert" in v1', '"Secret"']],
    ],
    [
      'of a kind from another group',
      'apiVersion: v1\nkind: Deployment\n',
      [['4:19', 'BAD_MANIFEST', 'there is no Deployment in v1', '"apps/v1"']],
    ],
    [
      'with a misspelt field',
      `${pod}    volumeMount: []\n`,
      [['11:11', 'BAD_MANIFEST', 'Container has no field "volumeMount"', '"volumeMounts"']],
    ],
    [
      'with a value of another type',
      `${pod}  volumes:\n  - name: v\n    secret: {secretName: s, defaultMode: "0400"}\n`,
      [['13:48', 'BAD_MANIFEST', 'defaultMode is the string "0400"; expected a whole number']],
    ],
    [
      'without a required field',
      'apiVersion: v1\nkind: Pod\nspec: {}\n',
      [['6:13', 'BAD_MANIFEST', 'PodSpec lacks the field "containers"']],
    ],
    [
      'that is wrong in its second document',
      `${pod}---\napiVersion: v1\nkind: Secret\ntpye: Opaque\n`,
      [['14:7', 'BAD_MANIFEST', 'Secret has no field "tpye"', '"type"']],
    ],
    [
      'that is wrong in a member of a list',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  dta: {}\n',
      [['9:9', 'BAD_MANIFEST', 'Secret has no field "dta"', '"data"']],
    ],
  ])('%s does not load, and its place in the file is told', (_name, manifest, expected) => {
    expect(told(applying(manifest))).toEqual(expected)
  })

  test('that is no YAML does not load', () => {
    expect(told(applying('apiVersion: v1\nkind: "Pod\n'))[0]?.[1]).toBe('BAD_MANIFEST')
  })

  test('may be written as an object, and is told by its own place', () => {
    const text = 'title: x\nsteps:\n  - apply:\n      apiVersion: v1\n      kind: Secret\n      stringdata: {a: b}\n'
    expect(told(text)).toEqual([['6:7', 'BAD_MANIFEST', 'Secret has no field "stringdata"', '"stringData"']])
  })

  test('of a static Pod is checked too', () => {
    const text =
      'title: x\ncluster:\n  nodes:\n    - name: n\n      staticPods:\n        - {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{nam: a}]}}\nsteps: [{say: a}]\n'
    expect(told(text)).toEqual([['6:81', 'BAD_MANIFEST', 'Container has no field "nam"', '"name"']])
  })

  test('may be wrong where the step expects that it is refused', () => {
    expect(told('title: x\nsteps:\n  - apply: {kind: Pod}\n    output: {exitCode: 1}\n')).toEqual([])
  })

  test('of a kind that only another version knows is judged by the version of the cluster', () => {
    const text = 'steps:\n  - apply: {apiVersion: settings.k8s.io/v1alpha1, kind: PodPreset}\n'
    expect(told(`title: x\n${text}`)).toEqual([])
    expect(told(`title: x\ncluster: {version: v1.26}\n${text}`).map(([, code]) => code)).toEqual(['BAD_MANIFEST'])
  })

  test('of a custom resource is not judged', () => {
    expect(told('title: x\nsteps:\n  - apply: {apiVersion: example.com/v1, kind: Backup, any: thing}\n')).toEqual([])
  })

  test('C7 base64 with line ends is a warning, in manifests and in files', () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: |\n    MWYy\n    ZDFl\n'
    expect(told(applying(secret)).map(([at, code]) => [at, code])).toEqual([['8:12', 'NEWLINES_IN_VALUE']])
    const text = `title: x\nfiles:\n  a.yaml: |\n${secret.replaceAll(/^(?=.)/gm, '    ')}steps: [{say: a}]\n`
    expect(told(text).map(([at, code]) => [at, code])).toEqual([['8:10', 'NEWLINES_IN_VALUE']])
  })
})
