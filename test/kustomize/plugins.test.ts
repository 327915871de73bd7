import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../src/bytes/bytes.ts'
import { runKustomize } from '../../src/kustomize/kustomize.ts'
import { MemoryFiles } from '../judge/memory-files.ts'

/** What is expected here, kubectl 1.35 (kustomize 5.7.1) printed of the same files. */

const files: Readonly<Record<string, string>> = {
  'k/sa.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: robot\n',
  'k/svc.yaml':
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {app: web}\nspec:\n  selector: {app: web}\n',
}

function build(kustomization: string, more: Readonly<Record<string, string>> = {}, minor = 35) {
  const world = new MemoryFiles()
  for (const [path, text] of Object.entries({ ...files, ...more, 'k/kustomization.yaml': kustomization }))
    world.write(path, utf8Bytes(text))
  return runKustomize(['k'], { files: world, env: new Map(), minor })
}

const plugin = (kind: string, body: string, name = 't') =>
  `apiVersion: builtin\nkind: ${kind}\nmetadata:\n  name: ${name}\n${body}`
const inline = (field: string, ...plugins: readonly string[]) =>
  `resources: [svc.yaml, sa.yaml]\n${field}:\n${plugins.map((one) => `- |-\n${one.replace(/^/gm, '  ')}\n`).join('')}`
const onNames = 'fieldSpecs:\n- path: metadata/name\n'
const serviceLabels = 'labels:\n  a: b\nfieldSpecs:\n- path: metadata/labels\n  kind: Service\n'

describe('transformers', () => {
  test('an inline one touches the fields that it names, and no others', () => {
    expect(build(inline('transformers', plugin('LabelTransformer', serviceLabels))).stdout).toBe(
      'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: robot\n---\napiVersion: v1\nkind: Service\nmetadata:\n' +
        '  labels:\n    a: b\n    app: web\n  name: web\nspec:\n  selector:\n    app: web\n',
    )
  })

  test('one in a file, or in a directory with a kustomization of its own, does the same', () => {
    const label = plugin('LabelTransformer', serviceLabels)
    const given = build(inline('transformers', label)).stdout
    expect(build('resources: [svc.yaml, sa.yaml]\ntransformers: [l.yaml]\n', { 'k/l.yaml': label }).stdout).toBe(given)
    const folder = { 'k/tr/kustomization.yaml': 'resources: [l.yaml]\n', 'k/tr/l.yaml': label }
    expect(build('resources: [svc.yaml, sa.yaml]\ntransformers: [tr]\n', folder).stdout).toBe(given)
  })

  test.each([
    ['PrefixTransformer', `prefix: a-\n${onNames}`, 'name: a-web'],
    ['SuffixTransformer', `suffix: -z\n${onNames}`, 'name: web-z'],
    ['PrefixSuffixTransformer', `prefix: a-\nsuffix: -z\n${onNames}`, 'name: a-web-z'],
    [
      'AnnotationsTransformer',
      'annotations: {x: y}\nfieldSpecs:\n- path: metadata/annotations\n  create: true\n',
      'x: "y"',
    ],
    [
      'PatchTransformer',
      'patch: \'[{"op": "replace", "path": "/spec/selector/app", "value": "new"}]\'\ntarget:\n  kind: Service\n',
      'app: new',
    ],
    [
      'PatchStrategicMergeTransformer',
      'patches: |-\n  apiVersion: v1\n  kind: Service\n  metadata: {name: web}\n  spec: {clusterIP: None}\n',
      'clusterIP: None',
    ],
    [
      'PatchJson6902Transformer',
      'target: {kind: Service, name: web, version: v1}\njsonOp: |-\n  - {op: add, path: /spec/type, value: NodePort}\n',
      'type: NodePort',
    ],
    [
      'ReplacementTransformer',
      'replacements:\n- source: {kind: ServiceAccount, name: robot, fieldPath: metadata.name}\n  targets:\n  - select: {kind: Service}\n    fieldPaths: [spec.selector.app]\n',
      'app: robot',
    ],
  ])('%s', (kind, body, shows) => {
    const { stdout, stderr } = build(inline('transformers', plugin(kind, body)))
    expect(stderr).toBe('')
    expect(stdout).toContain(shows)
  })

  test('a namespace: which subjects follow is asked for', () => {
    const binding =
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\n' +
      'subjects:\n- {kind: ServiceAccount, name: default}\n- {kind: ServiceAccount, name: robot, namespace: x}\n'
    const moved = (more: string) => {
      const config = plugin('NamespaceTransformer', more).replace('name: t', 'name: t\n  namespace: foo')
      const kustomization = inline('transformers', config).replace('svc.yaml, sa.yaml', 'rb.yaml')
      return /subjects:\n(.*)/s.exec(build(kustomization, { 'k/rb.yaml': binding }).stdout)?.[1]
    }
    const rows = (first: string, second: string) =>
      `- kind: ServiceAccount\n  name: default\n${first}- kind: ServiceAccount\n  name: robot\n${second}`
    expect(moved('')).toBe(rows('  namespace: foo\n', '  namespace: x\n'))
    expect(moved('setRoleBindingSubjects: none\n')).toBe(rows('', '  namespace: x\n'))
    expect(moved('setRoleBindingSubjects: allServiceAccounts\n')).toBe(rows('  namespace: foo\n', '  namespace: foo\n'))
  })

  test('mistakes', () => {
    const told = (config: string) => build(inline('transformers', config)).stderr
    const failing = (kind: string) => `error: plugin ${kind}.builtin.[noGrp]/t.[noNs] fails configuration: `
    expect(told(plugin('PrefixTransformer', 'prefix: a-\n'))).toBe(
      `${failing('PrefixTransformer')}fieldSpecs is not expected to be nil\n`,
    )
    expect(told(plugin('PatchStrategicMergeTransformer', ''))).toBe(
      `${failing('PatchStrategicMergeTransformer')}empty file path and empty patch content\n`,
    )
    const flow = '[{op: replace, path: /spec, value: 5}]'
    expect(told(plugin('PatchTransformer', `patch: "${flow}"\ntarget:\n  kind: Service\n`))).toBe(
      `${failing('PatchTransformer')}unable to parse SM or JSON patch from [patch: "${flow}"]\n`,
    )
    expect(told(plugin('Nope', ''))).toBe('error: unable to load builtin Nope.builtin.[noGrp]\n')
    expect(told('apiVersion: example.com/v1\nkind: Nope\nmetadata:\n  name: t\n')).toBe(
      "error: external plugins disabled; unable to load external plugin 'Nope'\n",
    )
    expect(told(plugin('ConfigMapGenerator', 'literals: [a=b]\n'))).toBe(
      'error: plugin ConfigMapGenerator.builtin.[noGrp]/t.[noNs] not a transformer\n',
    )
  })
})

test('generators: the name is that of the configuration, and the hash is that of an entry', () => {
  const given = build(inline('generators', plugin('SecretGenerator', 'literals: [a=b]\ntype: Opaque\n', 'sec'))).stdout
  const entry = build(
    'resources: [svc.yaml, sa.yaml]\nsecretGenerator:\n- name: sec\n  literals: [a=b]\n  type: Opaque\n',
  )
  expect(given).toBe(entry.stdout)
  expect(given).toMatch(/name: sec-[a-z0-9]{10}\n/)
  expect(build(inline('generators', plugin('LabelTransformer', serviceLabels))).stderr).toBe(
    'error: loading generator plugins: failed to load generator: plugin LabelTransformer.builtin.[noGrp]/t.[noNs] not a generator\n',
  )
})

test('validators may change nothing', () => {
  expect(build(inline('validators', plugin('HashTransformer', ''))).stderr).toBe('')
  expect(build(inline('validators', plugin('LabelTransformer', serviceLabels))).stderr).toMatch(
    /^error: validator shouldn't modify the resource map: /,
  )
})

test('charts want a flag that kubectl has not', () => {
  expect(
    build('resources: [svc.yaml]\nhelmCharts:\n- name: sea\n  version: 1.0.0\nhelmGlobals:\n  chartHome: ./x\n').stderr,
  ).toBe(
    'error: trouble configuring builtin HelmChartInflationGenerator with config: `\nchartHome: ./x\nname: sea\nversion: 1.0.0\n`: must specify --enable-helm\n',
  )
})

test('crds: what is no definition is told', () => {
  const definition = { 'k/crd.yaml': 'apiVersion: v1\nkind: X\n' }
  expect(build('resources: [svc.yaml]\ncrds: [crd.yaml]\n', definition).stderr).toBe(
    "error: loading CRDs [crd.yaml]: unable to parse open API definition from 'crd.yaml': error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type accumulator.OpenAPIDefinition\n",
  )
  expect(
    build('resources: [sa.yaml]\ncrds: [crd.yaml]\n', { 'k/crd.yaml': 'x: {Schema: {description: y}}\n' }).stderr,
  ).toBe('')
})

test('the label managed-by is what that build calls itself', () => {
  const label = (minor: number) =>
    /managed-by: (.*)/.exec(build('resources: [sa.yaml]\nbuildMetadata: [managedByLabel]\n', {}, minor).stdout)?.[1]
  expect([24, 31, 35].map(label)).toEqual(['kustomize-unknown', 'kustomize-(devel)', 'kustomize-v5.7.1'])
})

test('an order that is not one, and lists that do not belong to it', () => {
  const told = (options: string) => build(`resources: [sa.yaml]\nsortOptions: ${options}\n`).stderr
  expect(told('{order: mixed}')).toBe("error: the field 'sortOptions.order' must be one of [fifo, legacy]\n")
  expect(told('{order: fifo, legacySortOptions: {orderFirst: [A]}}')).toBe(
    "error: the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'\n",
  )
})

test('a name that is a boolean is one', () => {
  expect(
    build('resources: [x.yaml]\n', { 'k/x.yaml': 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: true\n' }).stdout,
  ).toBe('apiVersion: v1\nkind: Secret\nmetadata:\n  name: true\n')
})
