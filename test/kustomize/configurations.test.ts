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
const namespaced = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: other\n'
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

  test('what contradicts the tables is refused; a field that nobody knows from 4 on', () => {
    const labels = 'commonLabels:\n- {path: metadata/labels, create: false}\n'
    const refused = build({ ...files, 'base/fields.yaml': labels }, 'base', minor)
    expect(refused).toContain('conflicting fieldspecs')
    const told = build({ ...files, 'base/fields.yaml': 'labelz: []\n' }, 'base', minor)
    expect(told.includes('unknown field "labelz"')).toBe(minor > 20)
  })

  test.each([
    ['- a\n', 'array'],
    ['just text\n', 'string'],
    ['5\n', 'number'],
  ])('a file that is %j is none', (text, type) => {
    const room = minor > 20 ? 'while decoding JSON: json: ' : 'json: '
    const config = minor > 20 ? 'builtinconfig' : 'config'
    expect(build({ ...files, 'base/fields.yaml': text }, 'base', minor)).toContain(
      `error unmarshaling JSON: ${room}cannot unmarshal ${type} into Go value of type ${config}.TransformerConfig\n`,
    )
  })

  test('a namespace reaches the fields that they name, and makes them', () => {
    const kustomization = 'resources: [hook.yaml]\nconfigurations: [f.yaml]\nnamespace: other\n'
    const fields =
      'namespace:\n- {kind: MutatingWebhookConfiguration, path: metadata/annotations/where, create: true}\n'
    const output = build({ 'kustomization.yaml': kustomization, 'hook.yaml': hook, 'f.yaml': fields }, '.', minor)
    expect(output).toContain('    cert: $(CERT)\n    where: other\n')
  })

  test('a namespace does not become a member of one', () => {
    const files = { 'kustomization.yaml': 'resources: [ns.yaml]\nnamespace: other\n', 'ns.yaml': namespaced }
    expect(build(files, '.', minor)).not.toContain('  namespace:')
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
  const patched = (patch: string, target = deployment): string =>
    build({
      'kustomization.yaml': `resources: [d.yaml]\npatches:\n- patch: |\n${patch.replace(/^/gm, '    ')}\n`,
      'd.yaml': target,
    })
  const head = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n'

  test('annotations without members go', () => {
    expect(build({ 'kustomization.yaml': 'resources: [d.yaml]\n', 'd.yaml': deployment })).not.toContain('annotations')
  })

  test('a patch takes keys away that it walks past and that have nothing behind them, and leaves the map that held them', () => {
    const written = '        nodeAffinity:\n          requiredDuringSchedulingIgnoredDuringExecution: null\n'
    expect(patched(`${head}spec: {replicas: 2}`)).toContain(written)
    const bare = deployment.replace('Execution: null', 'Execution:')
    expect(patched(`${head}spec: {replicas: 2}`, bare)).toContain('        nodeAffinity: {}\n')
    expect(build({ 'kustomization.yaml': 'resources: [d.yaml]\n', 'd.yaml': bare })).toContain(written)
  })

  test.each([
    ['strategy: null, template: {spec: {volumes: null, affinity: null}}', '      containers:\n      - env:\n'],
    ['replicas: null, template: {spec: {containers: [{name: c, env: null, command: null}]}}', '- name: c\n'],
  ])('nulls of a patch take away and leave nothing behind: %s', (spec, shows) => {
    const output = patched(`${head}spec: {${spec}}`)
    expect(output).toContain(shows)
    expect(output.replace(/requiredDuring.*/, '')).not.toContain('null')
  })

  test('annotations and labels of a patch that is applied to what was selected are texts: null takes nothing away', () => {
    const noted = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, annotations: {x: y}, labels: {l: m}}\n'
    const patch = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, annotations: {x: null}, labels: {l: null}}\n'
    const made = (how: string) =>
      build({ 'kustomization.yaml': `resources: [s.yaml]\n${how}\n`, 's.yaml': noted, 'p.yaml': patch })
    const texts = '  annotations:\n    x: "null"\n  labels:\n    l: "null"\n'
    expect(made('patchesStrategicMerge: [p.yaml]')).toContain(texts)
    expect(made('patches: [{target: {kind: Secret}, path: p.yaml}]')).toContain(texts)
    expect(made('patches: [{path: p.yaml}]')).toBe('apiVersion: v1\nkind: Secret\nmetadata:\n  labels: {}\n  name: s\n')
  })

  test('annotations are texts in the end, those of the build itself go', () => {
    const own =
      'internal.config.kubernetes.io/index: 3, config.kubernetes.io/path: x, internal.config.kubernetes.io/other: z'
    const noted = `apiVersion: v1\nkind: Secret\nmetadata: {name: s, annotations: {n: 5, b: true, x: null, ${own}}}\n`
    expect(build({ 'kustomization.yaml': 'resources: [s.yaml]\n', 's.yaml': noted })).toBe(
      'apiVersion: v1\nkind: Secret\nmetadata:\n  annotations:\n    b: "true"\n    internal.config.kubernetes.io/other: z\n    "n": "5"\n    x: "null"\n  name: s\n',
    )
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

describe('selectors of kustomize 5', () => {
  const labelled = (name: string, app: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {app: ${app}}, annotations: {tier: ${app}}}\n`
  const maps = { 'maps.yaml': ['web', 'api', 'db'].map((app) => labelled(app, app)).join('---\n') }
  const chosen = (target: string): readonly string[] => {
    const kustomization = `resources: [maps.yaml]\npatches:\n- target: {${target}}\n  patch: |-\n    - {op: add, path: /data, value: {seen: "1"}}\n`
    const output = build({ ...maps, 'kustomization.yaml': kustomization })
    if (output.startsWith('error')) return [output]
    return output.split('---\n').flatMap((each) => (each.includes('seen') ? [/name: (\w+)/.exec(each)?.[1] ?? ''] : []))
  }

  test.each([
    ['labelSelector: "app in (web,api)"', ['api', 'web']],
    ['labelSelector: "app notin (web,api)"', ['db']],
    ['labelSelector: "app in (web), app!=api"', ['web']],
    ['labelSelector: "app"', ['api', 'db', 'web']],
    ['labelSelector: "!app"', []],
    ['labelSelector: "app==db"', ['db']],
    ['annotationSelector: "tier in (db)"', ['db']],
    ['kind: Config.*, labelSelector: "app in (db)"', ['db']],
    ['labelSelector: "app in web"', ["error: unable to parse requirement: found 'web' expected: '('\n"]],
  ])('%s selects %j', (target, names) => {
    expect(chosen(target)).toEqual(names)
  })

  test('targets of replacements have the same, and make what is missing', () => {
    const kustomization = `resources: [maps.yaml]
replacements:
- source: {kind: ConfigMap, name: web, fieldPath: metadata.name}
  targets:
  - select: {labelSelector: "app in (db,api)"}
    fieldPaths: [data.from]
    options: {create: true}
`
    const nothing = maps['maps.yaml'].replace('annotations: {tier: db}}\n', 'annotations: {tier: db}}\ndata: null\n')
    const output = build({ 'maps.yaml': nothing, 'kustomization.yaml': kustomization })
    expect(output.match(/from: web/g)).toHaveLength(2)
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
