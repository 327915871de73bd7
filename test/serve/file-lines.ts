/** A command line that kubectls of all kinds print the same for, with what is typed into it. */
export interface CommandLine {
  readonly line: string
  readonly stdin?: string
}

/** What begins as JSON and is none: refused up to 1.32, then read as YAML. */
export const brokenJson: readonly string[] = [
  '{bad',
  '{"kind":"ConfigMap",}',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cut"}',
  '{apiVersion: v1, kind: ConfigMap, metadata: {name: flow}}',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}}\n{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two"}}',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"mixed"}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: mixed-too}\n',
  '{\n"a": 1,\n"b": tru\n}',
  '{\n "a": "x\ny"\n}',
  '{}',
  '[]',
]

const deployment = (spec: string) =>
  `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":${spec}}`
const podOf = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: ${spec}\n`
const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: p}\n'
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\n'

/** Files that no server is asked about. */
export const local: readonly CommandLine[] = [
  { line: 'set image -f - --local c=x', stdin: deployment('{"replicas":"three"}') },
  { line: 'set image -f - --local c=x -o yaml', stdin: podOf('{containers: [{name: c, image: 5}]}') },
  { line: 'set image -f - --local c=x -o yaml', stdin: podOf('{containers: [{name: c, image: y}]}') },
  { line: 'set image -f - --local c=x -o yaml', stdin: settings },
  { line: 'set env -f - --local A=b -o yaml', stdin: podOf('{containers: 5}') },
  { line: 'set env -f - --local A=b -o yaml', stdin: settings },
  { line: 'set resources -f - --local --limits=cpu=1 -o yaml', stdin: podOf('{containers: {}}') },
  { line: 'set serviceaccount -f - --local robot -o yaml', stdin: deployment('{"template":[]}') },
  ...['annotate', 'label'].flatMap((verb) => [
    { line: `${verb} -f - --local a=b`, stdin: widget },
    { line: `${verb} -f - --local a=b -o yaml`, stdin: widget },
  ]),
]

const request = (version: string, name: string) =>
  JSON.stringify({
    apiVersion: `certificates.k8s.io/${version}`,
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request: 'LS0t', usages: ['client auth'], signerName: 'example.com/x' },
  })

/** Requests for certificates of both versions of the API, and what is said of them. */
export const certificates: readonly CommandLine[] = [
  { line: 'create -f - --validate=false', stdin: request('v1beta1', 'jane') },
  { line: 'create -f - --validate=false', stdin: request('v1', 'bob') },
  { line: 'get csr' },
  { line: 'certificate approve jane' },
  { line: 'certificate approve jane bob none' },
  { line: 'certificate deny bob jane' },
  { line: 'certificate deny jane --force' },
  { line: 'certificate approve bob -o name' },
  { line: 'get csr' },
  { line: 'certificate approve -f -', stdin: '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"}}' },
]

const fixed = (key: string, value: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'fixed' },
    data: { [key]: value },
    immutable: true,
  })

/** What cannot be patched, with and without force. */
export const forced: readonly CommandLine[] = [
  { line: 'apply -f -', stdin: fixed('a', '1') },
  { line: 'apply -f -', stdin: fixed('a', '2') },
  { line: 'apply -f - --force', stdin: fixed('a', '2') },
  { line: 'apply -f - --force --server-side', stdin: fixed('a', '3') },
  { line: 'apply -f - --force --dry-run=server', stdin: fixed('a', '3') },
  { line: 'apply -f - --force --dry-run=client', stdin: fixed('a', '3') },
  { line: 'apply -f - --force', stdin: fixed('a b', 'x') },
  { line: 'get cm fixed -o jsonpath={.data}' },
  { line: 'apply -f - --force --cascade=orphan --timeout=5s', stdin: fixed('a', '4') },
]

/** What the server serves, and what is in its namespaces. */
export const listed: readonly string[] = [
  ...['json', 'yaml --api-group=apps', 'kyaml --api-group=batch'].map((form) => `api-resources -o ${form}`),
  ...['', ' -o name', ' -o jsonpath={.kind} --namespaces=default'].map(
    (form) => `cluster-info dump --namespaces=kube-system${form}`,
  ),
]
