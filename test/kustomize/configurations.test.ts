import { describe, expect, test } from 'vitest'
import { runKustomize } from '../../src/kustomize/kustomize.ts'
import { virtualFiles } from '../judge/client-vectors.ts'

function build(files: Readonly<Record<string, string>>, path = '.', minor = 32): string {
  const encoded = Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')])
  const world = { files: virtualFiles(Object.fromEntries(encoded)), env: new Map<string, string>(), minor }
  const { stdout, stderr } = runKustomize([path], world)
  return stdout + stderr
}

const hook = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  annotations:
    cert: $(CERT)
  name: hook
webhooks:
- clientConfig:
    service:
      name: web
      namespace: system
  name: w
`
const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n'

describe.each([18, 32])('configurations of kustomize inside kubectl 1.%i', (minor) => {
  const files = {
    'base/kustomization.yaml': 'resources: [hook.yaml, service.yaml]\nconfigurations: [fields.yaml]\n',
    'base/hook.yaml': hook,
    'base/service.yaml': service,
    'base/fields.yaml': `nameReference:
- kind: Service
  version: v1
  fieldSpecs:
  - {kind: MutatingWebhookConfiguration, path: webhooks/clientConfig/service/name}
varReference:
- path: metadata/annotations
`,
    'kustomization.yaml': `${minor < 21 ? 'bases' : 'resources'}: [base]
namePrefix: my-
vars:
- name: CERT
  objref: {kind: Service, version: v1, name: web}
  fieldref: {fieldpath: metadata.name}
`,
  }

  test('those of a base hold in all that uses it', () => {
    const output = build(files, '.', minor)
    expect(output).toContain('      name: my-web\n      namespace: system')
    expect(output).toContain('    cert: my-web\n')
  })

  test('what contradicts the tables, and a field that nobody knows, is refused', () => {
    const labels = 'commonLabels:\n- {path: metadata/labels, create: false}\n'
    const refused = build({ ...files, 'base/fields.yaml': labels }, 'base', minor)
    expect(refused).toContain('conflicting fieldspecs')
    expect(build({ ...files, 'base/fields.yaml': 'labelz: []\n' }, 'base', minor)).toContain('unknown field "labelz"')
  })
})

describe('configurations of kustomize 5', () => {
  test.each([
    [
      'namespace: other',
      'namespace:\n- {kind: MutatingWebhookConfiguration, path: webhooks/clientConfig/service/namespace}\n',
      '      namespace: other\n',
    ],
    ['nameSuffix: -x', 'nameSuffix:\n- {kind: MutatingWebhookConfiguration, path: webhooks/name}\n', '  name: w-x\n'],
    [
      'commonLabels: {a: b}',
      'commonLabels:\n- {kind: MutatingWebhookConfiguration, path: webhooks/objectSelector/matchLabels, create: true}\n',
      '  objectSelector:\n    matchLabels:\n      a: b\n',
    ],
  ])('%s reaches the fields that %j names', (change, fields, expected) => {
    const kustomization = `resources: [hook.yaml]\nconfigurations: [fields.yaml]\n${change}\n`
    expect(build({ 'kustomization.yaml': kustomization, 'hook.yaml': hook, 'fields.yaml': fields })).toContain(expected)
  })
})

describe('what is empty or null in kustomize 5', () => {
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  annotations: {}
  name: d
spec:
  template:
    spec:
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution: null
      containers:
      - env:
        - name: A
          value: b
        name: c
`
  const patched = (patch: string): string =>
    build({
      'kustomization.yaml': `resources: [d.yaml]\npatches:\n- patch: |\n${patch.replace(/^/gm, '    ')}\n`,
      'd.yaml': deployment,
    })
  const head = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n'

  test('annotations without members go', () => {
    expect(build({ 'kustomization.yaml': 'resources: [d.yaml]\n', 'd.yaml': deployment })).not.toContain('annotations')
  })

  test('a patch takes nulls away that it walks past, and leaves the map that held them', () => {
    expect(patched(`${head}spec: {replicas: 2}`)).toContain('        nodeAffinity: {}\n')
  })

  test('a list whose last item is deleted stays as a list without items', () => {
    const env = 'spec: {template: {spec: {containers: [{name: c, env: [{name: A, $patch: delete}]}]}}}'
    expect(patched(head + env)).toContain('      - env: []\n        name: c\n')
  })

  test('labels of claims are not made where there are no claims', () => {
    const set = 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec: {serviceName: s}\n'
    const output = build({ 'kustomization.yaml': 'resources: [s.yaml]\ncommonLabels: {a: b}\n', 's.yaml': set })
    expect(output).not.toContain('volumeClaimTemplates')
  })
})

describe('replacements of kustomize 5', () => {
  const target = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: t, annotations: {example.com/a.b: x}}\n'
  const replaced = (value: string, source: string, path: string): string =>
    build({
      'kustomization.yaml': `resources: [t.yaml]
configMapGenerator:
- name: s
  literals: ["k=${value}"]
  options: {disableNameSuffixHash: true}
replacements:
- source: {kind: ConfigMap, name: s, fieldPath: ${source}}
  targets:
  - select: {kind: ConfigMap, name: t}
    fieldPaths: ["${path}"]
`,
      't.yaml': target,
    })

  test.each([
    [
      'a key with dots stands in brackets',
      'v',
      'data.k',
      'metadata.annotations.[example.com/a.b]',
      'example.com/a.b: v\n',
    ],
    [
      'a dot in front is passed over',
      'v',
      '.data.k',
      '.metadata.annotations.[example.com/a.b]',
      'example.com/a.b: v\n',
    ],
    ['an empty text is a value', '', 'data.k', 'metadata.annotations.[example.com/a.b]', 'example.com/a.b: ""\n'],
  ])('%s', (_what, value, source, path, expected) => {
    expect(replaced(value, source, path)).toContain(expected)
  })
})
