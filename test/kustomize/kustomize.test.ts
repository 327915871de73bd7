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
