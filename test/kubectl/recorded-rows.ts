/** Lines, the minors of kubectl that were asked, and what the real ones printed (`podsim serve`). */
export type Row = readonly [minors: readonly number[], line: string, printed: string | RegExp]

const unsortable = (line: number, field: string, what: string, type: string): RegExp =>
  new RegExp(
    `^F\\d{4} [\\d:.]+ +\\d+ sorter\\.go:${line}\\] Field \\{${field.replaceAll('.', '\\.').replaceAll('[', '\\[')}\\} in ${what} is an unsortable type: interface, err: unsortable type: ${type}\\n`,
  )
const object = '\\*unstructured\\.Unstructured'
const table = '\\[\\]\\[\\]\\[\\]reflect\\.Value'
const map = 'map\\[string\\]interface \\{\\}'

/** What has no order. */
export const sorting: readonly Row[] = [
  [[20], 'get pods --sort-by=.metadata.labels -o name', unsortable(314, '.metadata.labels', object, map)],
  [[22, 29], 'get pods --sort-by=.metadata.labels -o name', unsortable(332, '.metadata.labels', object, map)],
  [[30], 'get pods --sort-by=.metadata.labels -o name', unsortable(331, '.metadata.labels', object, map)],
  [[31, 36], 'get pods --sort-by=.metadata -o yaml', unsortable(329, '.metadata', object, map)],
  [
    [20],
    'get pods --sort-by=.status.conditions',
    unsortable(360, '.status.conditions', table, '\\[\\]interface \\{\\}'),
  ],
  [
    [23, 28],
    'get pods --sort-by=.spec.containers',
    unsortable(378, '.spec.containers', table, '\\[\\]interface \\{\\}'),
  ],
  [[32], 'get pods --sort-by=.spec.enableServiceLinks', unsortable(375, '.spec.enableServiceLinks', table, 'bool')],
  [[36], 'get pods,svc --sort-by=.metadata', unsortable(329, '.metadata', object, map)],
  [[20, 22], 'get pods --sort-by=.metadata.labels', /\n\[255\]$/],
  [[23, 36], 'get pods --sort-by=.metadata.labels', /\n\[1\]$/],
  // One is left as it is.
  [[36], 'get pods talks --sort-by=.metadata -o name', 'pod/talks\n'],
  [[36], 'get svc web --sort-by=.spec', /^NAME/],
]

/** Columns before the mistake. */
export const columns: readonly Row[] = [
  [[20, 36], 'get cm settings -o custom-columns=N:.metadata.name,B:.x[', 'N     B\nerror: unterminated array\n[1]'],
  [[32], 'get cm settings -o custom-columns=B:.metadata.name[0]', 'B\nerror: string is not array or slice\n[1]'],
  [[36], 'get cm settings --no-headers -o custom-columns=B:.x[', 'error: unterminated array\n[1]'],
]

const set = '{.metadata.labels.app}{.metadata.annotations.x}'

/** What is there already. */
export const again: readonly Row[] = [
  [[20, 23], 'label cm settings app=web', "error: 'app' already has a value (web), and --overwrite is false\n[1]"],
  [[25, 36], 'label cm settings app=web', 'configmap/settings not labeled\n'],
  [[36], 'label cm settings app=other', "error: 'app' already has a value (web), and --overwrite is false\n[1]"],
  [[20, 25, 26, 36], `annotate cm settings x=y --overwrite -o jsonpath=${set}`, 'weby'],
  [
    [20, 25],
    'annotate cm settings x=y',
    "error: --overwrite is false but found the following declared annotation(s): 'x' already has a value (y)\n[1]",
  ],
  [[26, 36], 'annotate cm settings x=y', /^configmap\/settings annotated\n$/],
  [
    [36],
    'annotate cm settings x=z',
    "error: --overwrite is false but found the following declared annotation(s): 'x' already has a value (y)\n[1]",
  ],
  [[20, 25], `patch cm settings --type=json -p '[{"op":"zap","path":"/a"}]'`, 'The request is invalid\n[1]'],
  [
    [26, 36],
    `patch cm settings --type=json -p '[{"op":"test","path":"/data/a","value":"z"}]'`,
    'The request is invalid: the server rejected our request due to an error in our request\n[1]',
  ],
]

const notFound = (before: string): string =>
  `Error from server (NotFound): ${before}the server could not find the requested resource\n[1]`
const unversioned = "<<< 'kind: Secret\nmetadata: {name: nn}'"

/** Objects that tell no version. */
export const versionless: readonly Row[] = [
  [[36], `delete -f - ${unversioned}`, notFound('error when deleting "STDIN": ')],
  [[36], `get -f - ${unversioned}`, notFound('')],
  [[36], `create -f - --validate=false ${unversioned}`, notFound('error when creating "STDIN": ')],
  [
    [36],
    `apply -f - --validate=false <<< '{apiVersion: "", kind: ConfigMap, metadata: {name: nn}}'`,
    notFound('error when creating "STDIN": '),
  ],
]

const badName =
  /^error: "[^"]+" is not a valid key name: a valid environment variable name must consist of alphabetic characters/

/** `set env` beside its plain use. */
export const variables: readonly Row[] = [
  [[20], 'set env deploy/web 1A=1 --dry-run=client', 'deployment.apps/web env updated (dry run)\n'],
  [
    [20],
    'set env deploy/web A.b=1 --dry-run=client',
    'error: environment variables must be of the form key=value and can only contain letters, numbers, and underscores\n[1]',
  ],
  [[22, 36], 'set env deploy/web 1A=1 --dry-run=client', badName],
  [[36], "set env deploy/web 'A B=1' --dry-run=client", badName],
  [[22, 36], 'set env deploy/web A.b=1 A-=2 --dry-run=client', 'deployment.apps/web env updated (dry run)\n'],
  [
    [20, 36],
    'set env deploy/web A=1 A- --dry-run=client',
    'error: can not both modify and remove the same environment variable in the same command\n[1]',
  ],
  [
    [36],
    "set env pod/talks - --list <<< $'N=5#x\\nnothing\\n 1x=y=z\\n=u'",
    '# Pod talks, container c\nN=5\n 1x=y=z\n=u\n',
  ],
  [[20, 36], 'set env pod/talks --list --resolve', '# Pod talks, container c\n'],
  [
    [20, 36],
    'set env pod/refers --list --resolve',
    '# Pod refers, container c\nN=refers\nL=b\n# I from field path status.podIP\n# S from field path spec.serviceAccountName\nC=1\nM=64\nK=x\n# KN from secret none, key a\n# KO from configmap settings, key none\n' +
      'error retrieving reference for I: unsupported fieldPath: status.podIP\nerror retrieving reference for KN: secrets "none" not found\nerror retrieving reference for KO: key none not found in config map settings\nerror retrieving reference for S: unsupported fieldPath: spec.serviceAccountName\n',
  ],
  [[20, 36], 'set sa deploy/web', /^error: You must provide one or more resources by argument or filename\.\nExample/],
]

const references = [
  ['N', { fieldRef: { fieldPath: 'metadata.name' } }],
  ['L', { fieldRef: { fieldPath: "metadata.labels['a']" } }],
  ['I', { fieldRef: { fieldPath: 'status.podIP' } }],
  ['S', { fieldRef: { fieldPath: 'spec.serviceAccountName' } }],
  ['C', { resourceFieldRef: { resource: 'limits.cpu' } }],
  ['M', { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } }],
  ['K', { configMapKeyRef: { name: 'settings', key: 'a' } }],
  ['KN', { secretKeyRef: { name: 'none', key: 'a', optional: true } }],
  ['KO', { configMapKeyRef: { name: 'settings', key: 'none', optional: true } }],
].map(([name, valueFrom]) => ({ name, valueFrom }))

/** The Pod of the row with `--resolve`. */
export const refers = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'refers', labels: { a: 'b' } },
  spec: {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'c',
        image: 'busybox',
        command: ['true'],
        resources: { limits: { cpu: '500m', memory: '64Mi' }, requests: { cpu: '10m' } },
        env: references,
      },
    ],
  },
}

/** What `--save-config` keeps, and in which order 1.20 prints what generators made. */
export const saved: readonly Row[] = [
  [
    [32],
    'create role r --verb=get --resource=pods --save-config --dry-run=client -o yaml',
    /last-applied-configuration: \|\n {6}\{"kind":"Role","apiVersion":"rbac\.authorization\.k8s\.io\/v1","metadata":\{"name":"r","creationTimestamp":null\},"rules":\[\{"verbs":\["get"\],"apiGroups":\[""\],"resources":\["pods"\]\}\]\}\n/,
  ],
  [
    [36],
    'create secret generic s8 --from-literal=a=b --save-config --dry-run=server -o yaml',
    /last-applied-configuration: \|\n {6}\{"kind":"Secret","apiVersion":"v1","metadata":\{"name":"s8"\},"data":\{"a":"Yg=="\}\}\n/,
  ],
  [
    [20],
    'create secret generic s --from-literal=a=b --dry-run=server -o json',
    /^\{\n {4}"apiVersion": "v1",\n {4}"data"/,
  ],
  [[20], 'create ns s --dry-run=server -o json', /^\{\n {4}"apiVersion": "v1",\n {4}"kind": "Namespace"/],
  [[20], 'create secret generic s --from-literal=a=b --dry-run=client -o json', /^\{\n {4}"kind": "Secret",\n/],
  [[20, 22], 'create quota s --dry-run=server -o json', /^\{\n {4}"kind": "ResourceQuota",\n/],
  [[22, 36], 'create sa s --dry-run=server -o json', /^\{\n {4}"kind": "ServiceAccount",\n/],
]
