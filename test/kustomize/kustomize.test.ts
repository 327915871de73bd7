import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at } from '../../src/go/json.ts'
import { kustomizeBuild, runKustomize } from '../../src/kustomize/kustomize.ts'
import { virtualFiles } from '../judge/client-vectors.ts'
import { tries } from '../tries.ts'

function world(files: Readonly<Record<string, string>>, minor: number) {
  const encoded = Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')])
  return { files: virtualFiles(Object.fromEntries(encoded)), env: new Map<string, string>(), minor }
}

describe.each([18, 32])('C10 kustomize inside kubectl 1.%i', (minor) => {
  test('the same content gives the same name, other content another', () => {
    const nameOf = (value: string): unknown => {
      const kustomization = `secretGenerator:\n- name: s\n  literals:\n  - ${JSON.stringify(`k=${value}`)}\n`
      const result = kustomizeBuild('.', world({ 'kustomization.yaml': kustomization }, minor))
      return result.ok ? at(result.objects[0], 'metadata', 'name') : undefined
    }
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,20}$/), fc.stringMatching(/^[a-z0-9]{1,20}$/), (a, b) => {
        expect(nameOf(a)).toBe(nameOf(a))
        if (a !== b) expect(nameOf(a)).not.toBe(nameOf(b))
      }),
      { numRuns: tries(50) },
    )
  })

  test('no kustomization throws', () => {
    const line = fc.constantFrom(
      'resources:',
      '- a.yaml',
      '- ../x',
      'namePrefix: a',
      'secretGenerator:',
      '- name: s',
      '  literals: [a=b]',
      '  behavior: merge',
      'patches:',
      '- patch: "[]"',
      'bases: [.]',
      '{',
      'vars: [{name: A}]',
      'images: [{}]',
      'labels: [{pairs: {a: b}}]',
      '  files: [a.yaml]',
      'namespace: n',
      '\t',
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const files = {
          'kustomization.yaml': lines.join('\n'),
          'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n',
        }
        expect([0, 1]).toContain(runKustomize(['.'], world(files, minor)).exitCode)
      }),
      { numRuns: tries(400) },
    )
  })
})

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - {name: c, image: "nginx:1.0", envFrom: [{secretRef: {name: s}}]}
      - {name: d, image: busybox}
`

/** Each output was given by kustomize 5.5.0. */
test('C10 patches put what they name first, and references follow the hash', () => {
  const files = {
    'kustomization.yaml':
      'resources: [d.yaml]\nnamePrefix: p-\nimages: [{name: nginx, newTag: "2"}]\nreplicas: [{name: web, count: 3}]\npatches: [{path: p.yaml}]\nsecretGenerator: [{name: s, literals: [a=1]}]\n',
    'd.yaml': deployment,
    'p.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: side, image: x}, {name: d, $patch: delete}]}}}\n',
  }
  expect(runKustomize(['.'], world(files, 32)).stdout).toBe(`apiVersion: v1
data:
  a: MQ==
kind: Secret
metadata:
  name: p-s-25khgmg44c
type: Opaque
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: p-web
spec:
  replicas: 3
  template:
    spec:
      containers:
      - image: x
        name: side
      - envFrom:
        - secretRef:
            name: p-s-25khgmg44c
        image: nginx:2
        name: c
`)
})

test('C10 two overlays of one base each refer to their own Secret', () => {
  const base = 'resources: [d.yaml]\nsecretGenerator: [{name: s, literals: [a=1]}]\n'
  const files = {
    'kustomization.yaml': 'resources: [a, b]\n',
    'a/kustomization.yaml': 'namePrefix: a-\nresources: [../base]\n',
    'b/kustomization.yaml':
      'namePrefix: b-\nresources: [../base]\nsecretGenerator: [{name: s, behavior: replace, literals: [a=9]}]\n',
    'base/kustomization.yaml': base,
    'base/d.yaml': deployment,
  }
  const { stdout } = runKustomize(['.'], world(files, 32))
  const names = [...stdout.matchAll(/name: ([ab]-s-\w+)/g)].map((match) => match[1])
  expect(names).toHaveLength(4)
  expect(new Set(names).size).toBe(2)
})

describe.each([18, 26, 32])('C10 an entry of a generator that merges into an object, kubectl 1.%i', (minor) => {
  const plain = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: "1"}\n'
  const merging = 'configMapGenerator: [{name: cm, behavior: merge, literals: [b=2]}]\n'
  const nameOf = (kustomization: string, base: string): string | undefined =>
    /name: (.*)/.exec(
      runKustomize(
        ['.'],
        world(
          {
            'kustomization.yaml': `${minor < 21 && base === 'base' ? 'bases' : 'resources'}: [${base}]\n${kustomization}`,
            'cm.yaml': plain,
            'base/kustomization.yaml': 'configMapGenerator: [{name: cm, literals: [a=1]}]\n',
          },
          minor,
        ),
      ).stdout,
    )?.[1]

  test('keeps the name of one that stands in a file', () => {
    expect(nameOf(merging, 'cm.yaml')).toBe('cm')
    expect(nameOf(merging.replace('merge', 'replace'), 'cm.yaml')).toBe('cm')
  })

  test('names one of a generator anew, from 5 on only if both are to be named so', () => {
    expect(nameOf(merging, 'base')).toMatch(/^cm-\w{10}$/)
    const plainly = `${merging}generatorOptions: {disableNameSuffixHash: true}\n`
    expect(nameOf(plainly, 'base') === 'cm').toBe(minor > 26)
  })
})

describe('C10 what a patch cannot replace', () => {
  const told = (path: string, minor: number): string =>
    runKustomize(
      ['.'],
      world(
        {
          'kustomization.yaml':
            'resources: [cm.yaml]\npatchesJson6902: [{target: {version: v1, kind: ConfigMap, name: cm}, path: p.json}]\n',
          'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\nx: [1]\n',
          'p.json': `[{"op":"replace","path":"${path}","value":"x"}]`,
        },
        minor,
      ),
    ).stderr.replace(/^#.*\n/gm, '')

  test.each([
    ['/none/a', 'path'],
    ['/metadata/none/a', 'path'],
    ['/x/5', 'key'],
  ])('%s: the %s is missing', (path, missing) => {
    const problem = `replace operation does not apply: doc is missing ${missing}: ${path}: missing value\n`
    expect(told(path, 32)).toBe(`error: ${problem}`)
    expect(told(path, 20)).toBe(
      `Error: failed to apply json patch '[{"op":"replace","path":"${path}","value":"x"}]': ${problem}`,
    )
  })
})

describe('C10 lists and what is nothing', () => {
  const read = (text: string, minor: number) =>
    runKustomize(['.'], world({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': text }, minor))

  test('a list without items is nothing to 5, and a document that is a list has no metadata', () => {
    expect(read('apiVersion: v1\nkind: List\nitems: null\n', 32)).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(read('[]\n', 32)).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(read('- a\n', 32).stderr).toContain("accumulating resources from 'a.yaml': missing Resource metadata'")
    expect(read('apiVersion: v1\nkind: 5\nmetadata: {name: a}\n', 32).stdout).toContain('kind: 5\n')
  })

  test('what a patch deletes leaves an empty object in 2.0.3', () => {
    const files = {
      'kustomization.yaml': 'resources: [a.yaml]\npatchesStrategicMerge: [p.yaml]\nnamePrefix: x-\n',
      'a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: w}\n',
      'p.yaml': '$patch: delete\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n',
    }
    const kept = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: x-w\n'
    expect(runKustomize(['.'], world(files, 20)).stdout).toBe(`{}\n---\n${kept}`)
    expect(runKustomize(['.'], world(files, 32)).stdout).toBe(kept)
  })
})

describe.each([20, 32, 35])('C10 bytes of files, kubectl 1.%i', (minor) => {
  const built = (text: string) =>
    runKustomize(['.'], world({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': text }, minor))
  const map = (name: string, data: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata:\n  k: ${data}`
  const dataOf = (text: string): readonly string[] =>
    [...built(text).stdout.matchAll(/^data:\n([\s\S]*?)^kind:/gm)].map(([, data = '']) => data)

  test('a block keeps its last newline before a mark', () => {
    const text = [map('a', '|\n    one\n'), map('b', '|+\n    two\n\n'), map('c', '>\n    three\n')].join('---\n')
    expect(dataOf(text)).toEqual(['  k: |\n    one\n', '  k: |+\n    two\n\n', '  k: |\n    three\n'])
  })

  test('and loses it at the end of a file that has none, from 4 on', () => {
    const last = minor > 20 ? '  k: one\n' : '  k: |\n    one\n'
    expect(dataOf(map('a', '|\n    one'))).toEqual([last])
    expect(dataOf(`${map('a', '|\n    one\n')}---\n${map('b', '|\n    one')}`)).toEqual(['  k: |\n    one\n', last])
  })

  test('a mark may have a comment behind it: 2.0.3 loses what follows', () => {
    const text = `${map('a', 'x\n')}--- # note\n${map('b', 'y\n')}`
    expect(dataOf(text)).toEqual(minor > 20 ? ['  k: x\n', '  k: "y"\n'] : ['  k: x\n'])
  })
})
