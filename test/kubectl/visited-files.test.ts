import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What the binaries of 1.20.2, 1.30.13, 1.31.9, 1.35.2 and 1.36.3 print for files with several documents, of which not all can be had. */

const configMap = (name: string, more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}`

const files: Readonly<Record<string, string>> = {
  'missing.yaml': [configMap('m1'), configMap('m2')].join('---\n'),
  'mixed.yaml': [configMap('m1'), configMap('kept'), 'apiVersion: v1\nkind: Secret\nmetadata: {name: m3}\n'].join(
    '---\n',
  ),
  'list.yaml': `apiVersion: v1\nkind: List\nitems:\n${['l1', 'kept', 'l2'].map((name) => `- {apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}\n`).join('')}`,
  'widgets.yaml': ['Widget', 'Gadget']
    .map((kind) => `apiVersion: example.com/v1\nkind: ${kind}\nmetadata: {name: w}\n`)
    .join(`---\n${configMap('m1')}---\n`),
  'text.yaml': 'just a text\n',
  'noapi.yaml': 'kind: Secret\nmetadata: {name: u}\n',
  'slashes.yaml': 'apiVersion: a/b/c\nkind: X\n',
  'nokind.json': '{ "apiVersion": "v1",\n "data": {} }',
  'nullkey.yaml': configMap('n', 'data: {null: x}\n'),
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: pf}\nspec: {containers: [{name: c, image: busybox}]}\n',
  'empty.yaml': '# nothing\n',
  'data.yaml': configMap('d', 'data: {a: b}\n'),
  'noname.yaml': 'apiVersion: v1\nkind: Secret\n',
}

function shell(kubectl: string, version: 'v1.18' | 'v1.36' = 'v1.36'): (line: string) => string {
  const sim = createSim({ nodes: 1, version, kubectl, files, commandTime: 0 })
  sim.apply(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ctl' }, data: { a: 'q\u007fz' } },
  )
  return (line) => {
    const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '))
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
}

const notFound = (...names: readonly string[]) =>
  names.map((name) => `Error from server (NotFound): configmaps "${name}" not found\n`).join('')
const unmapped = (kind: string, file = 'widgets.yaml') =>
  `resource mapping not found for name: "w" namespace: "" from "${file}": no matches for kind "${kind}" in version "example.com/v1"\nensure CRDs are installed first`
const unregistered = (kind: string) =>
  `unable to decode "widgets.yaml": no kind "${kind}" is registered for version "example.com/v1" in scheme "pkg/scheme/scheme.go:28"`
const typedText =
  'error: unable to decode "text.yaml": couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }\n[1]'

describe('kubectl 1.36', () => {
  const run = shell('1.36.3')

  test.each([
    // One file is one thing: all of it is printed or nothing.
    ['get -f missing.yaml -o yaml', `${notFound('m1', 'm2')}[1]`],
    ['get -f list.yaml -o name --ignore-not-found', 'configmap/kept\n'],
    ['get -f list.yaml -o jsonpath={.kind} --ignore-not-found', 'ConfigMap'],
    ['get -f list.yaml --no-headers', /^kept .*\n\[configmaps "l1" not found, configmaps "l2" not found\]\n\[1\]$/],
    ['get -f list.yaml -o name', `${notFound('l1', 'l2')}[1]`],
    ['get -f text.yaml', /^unable to decode "text.yaml"/],
    ['describe -f text.yaml', /^unable to decode "text.yaml"/],
    ['describe -f missing.yaml', `${notFound('m1', 'm2')}[1]`],
    // What was found wrong with objects stands before what could not be read, which is one.
    [
      'delete -f widgets.yaml',
      `Error from server (NotFound): error when deleting "widgets.yaml": configmaps "m1" not found\n[${unmapped('Widget')}, ${unmapped('Gadget')}]\n[1]`,
    ],
    ['delete -f missing.yaml --ignore-not-found', ''],
    [
      'label -f mixed.yaml a=b --dry-run=client',
      /^configmap\/kept labeled \(dry run\)\nError.* "m1".*\nError.*secrets "m3"/,
    ],
    [
      'expose -f widgets.yaml --port=1 --dry-run=client',
      `cannot expose a ConfigMap\n[${unregistered('Widget')}, ${unregistered('Gadget')}]\n[1]`,
    ],
    [
      'rollout history -f list.yaml',
      /^error retrieving history for "ConfigMap".*\n\[configmaps "l1" not found, configmaps "l2" not found\]\n\[1\]$/,
    ],
    [
      'set selector -f widgets.yaml --local a=b',
      `setting a selector is only supported for Services\n[${unregistered('Widget')}, ${unregistered('Gadget')}]\n[1]`,
    ],
  ])('%s', (line, words) => {
    if (typeof words === 'string') expect(run(line)).toBe(words)
    else expect(run(line)).toMatch(words)
  })
})

describe('kubectl 1.36, going no further than the first failure, or nowhere', () => {
  const run = shell('1.36.3')

  test.each([
    // Who goes no further than the first failure tells that alone.
    ['diff -f widgets.yaml', `error: ${unmapped('Widget')}\n[2]`],
    ['apply view-last-applied -f missing.yaml', `${notFound('m1')}[1]`],
    [
      'scale --replicas=1 -f missing.yaml',
      'Error from server (NotFound): the server could not find the requested resource\n[1]',
    ],
    ['scale --replicas=1 -f noname.yaml', 'error: resource name may not be empty\n[1]'],
    ['autoscale -f missing.yaml --max=2', /^cannot autoscale a ConfigMap.*\ncannot autoscale a ConfigMap/],
    ['autoscale -f empty.yaml --max=2', 'error: no objects passed to autoscale\n[1]'],
    ['rollout status -f empty.yaml', 'No resources found in default namespace.\n'],
    ['rollout pause -f empty.yaml', 'No resources found in default namespace.\n'],
    ['wait -f missing.yaml --for=delete', ''],
    ['wait -f noname.yaml --for=delete', 'error: resource name must be provided\n[1]'],
    [
      'wait cm/kept --for=create --for=jsonpath={.metadata.name}=kept',
      'configmap/kept condition met\nconfigmap/kept condition met\n',
    ],
    ['exec -f missing.yaml -- ls', 'error: cannot exec into multiple objects at a time\n[1]'],
    ['exec -f pod.yaml -- ls', 'error: unable to upgrade connection: pods "pf" not found\n[1]'],
    ['exec -f text.yaml -- ls', typedText],
    ['set env -f text.yaml --local A=b', typedText],
    [
      'set env -f noapi.yaml --local A=b',
      `error: unable to decode "noapi.yaml": Object 'apiVersion' is missing in '{"kind":"Secret","metadata":{"name":"u"}}'\n[1]`,
    ],
    [
      'set env -f slashes.yaml --local A=b',
      'error: unable to decode "slashes.yaml": unexpected GroupVersion string: a/b/c\n[1]',
    ],
    [
      'label -f slashes.yaml --local A=b',
      `error: unable to decode "slashes.yaml": Object 'Kind' is missing in '{"apiVersion":"a/b/c","kind":"X"}'\n[1]`,
    ],
    [
      'label -f nokind.json --local A=b',
      `error: unable to decode "nokind.json": Object 'Kind' is missing in '{ "apiVersion": "v1",\n "data": {} }'\n[1]`,
    ],
    ['auth reconcile -f widgets.yaml', `${unregistered('Widget')}\n${unregistered('Gadget')}\n[1]`],
    [
      'get -f nullkey.yaml',
      'error parsing nullkey.yaml: error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: "x"\n[1]',
    ],
    [
      'apply -f text.yaml --validate=warn',
      /^error: error validating "text.yaml": error validating data: invalid object to validate/,
    ],
    [
      'apply -f text.yaml --validate=maybe',
      'error: invalid - validate option "maybe"; must be one of: strict (or true), warn, ignore (or false)\n[1]',
    ],
  ])('%s', (line, words) => {
    if (typeof words === 'string') expect(run(line)).toBe(words)
    else expect(run(line)).toMatch(words)
  })
})

describe('texts of kubectl 1.36', () => {
  const run = shell('1.36.3')

  test('what is not there yet is nothing to diff with, and of a Secret null', () => {
    expect(run('diff -f missing.yaml')).toContain('@@ -0,0 +1,7 @@\n+apiVersion: v1')
    expect(run('diff -f mixed.yaml')).toMatch(/v1\.Secret\.default\.m3[^@]*@@ -1 \+1,8 @@\n-null\n/)
  })

  test('DEL is nothing that YAML can hold, and is raw in JSON', () => {
    expect(run('get cm ctl -o yaml')).toBe('error: yaml: control characters are not allowed\n[1]')
    expect(run('get cm ctl -o json')).toContain('"a": "q\u007fz"')
    expect(run('create cm x --from-literal=a=\ufffe --dry-run=client -o yaml')).toMatch(/^error: yaml: control/)
    expect(run('create cm x --from-literal=a=\u0085\ufeff --dry-run=client -o yaml')).toContain('\\uFEFF')
  })

  test('warnings are errors for who asks, and flags of every command are listed', () => {
    expect(run('create -f missing.yaml --dry-run=server --warnings-as-errors')).not.toContain('warning')
    expect(run('options')).toMatch(/^The following options .*\n\n {4}--as='':\n\tUsername to impersonate/)
    expect(run('options')).toContain("    --cache-dir='/home/user/.kube/cache':\n\tDefault cache directory\n\n")
    expect(run('get cm --log-dir=x')).toMatch(/^error: unknown flag: --log-dir/)
  })
})

describe('older kubectls', () => {
  const run = shell('1.20.2', 'v1.18')
  test.each([
    ['apply -f text.yaml --validate=warn', /^Error: invalid argument "warn" for "--validate" flag: strconv.ParseBool/],
    ['get cm ctl -o yaml', 'error: error converting JSON to YAML: yaml: control characters are not allowed\n[1]'],
    ['apply view-last-applied cm ctl', 'error: yaml: control characters are not allowed\n[1]'],
    ['exec -f missing.yaml -- ls', 'error: cannot attach to *v1.List: selector for *v1.List not implemented\n[1]'],
    ['exec -f pod.yaml -- ls', 'Error from server (NotFound): pods "pf" not found\n[1]'],
    ['get -f nullkey.yaml', /Unsupported map key/],
    ['scale --replicas=1 -f noname.yaml', 'error: resource name may not be empty\n[1]'],
    [
      'rollout status -f list.yaml',
      'error: watch is only supported on individual resources and resource collections, but a list of resources is found\n[1]',
    ],
    ['rollout pause -f empty.yaml', ''],
    ['get cm --as-uid=x', /^Error: unknown flag: --as-uid/],
    ['options', /^The following options .*\n\n {6}--add-dir-header=false: If true/],
  ])('%s', (line, words) => {
    if (typeof words === 'string') expect(run(line)).toBe(words)
    else expect(run(line)).toMatch(words)
  })

  test('managedFields are part of a diff up to 1.24', () => {
    expect(run('diff -f data.yaml')).toContain('+    manager: kubectl-client-side-apply\n')
  })
})
