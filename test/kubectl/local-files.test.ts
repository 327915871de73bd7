import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** As three real kubectls (1.20.2, 1.32.3, 1.35.2) print it. */
const sim = createSim({ version: 'v1.26', kubectl: '1.32.3', nodes: 0, journal: 'off' })
const run = (line: string, stdin?: string) => {
  const { exitCode, stdout, stderr } = sim.kubectl(line.split(' '), stdin === undefined ? {} : { stdin })
  return [exitCode, stdout, stderr]
}

const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: p}\n'
const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: z}]}\n'

describe('what is local asks no server', () => {
  test('set changes what no cluster has', () => {
    const [code, out] = run('set image -f - --local c=x -o yaml', pod)
    expect([code, out]).toEqual([0, expect.stringContaining('image: x')])
  })

  test.each([
    [
      'set image -f - --local c=x',
      pod.replace('image: z', 'image: 5'),
      'error: unable to decode "STDIN": json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string\n',
    ],
    [
      'label -f - --local a=b',
      'apiVersion: v1\nkind: 3\n',
      `error: unable to decode "STDIN": Object 'Kind' is missing in '{"apiVersion":"v1","kind":3}'\n`,
    ],
    [
      'set env -f - --local A=b',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\n',
      'error: configmap/p the object is not a pod or does not have a pod template: *v1.ConfigMap\n',
    ],
    [
      'set resources -f - --local --limits=cpu=1',
      widget,
      'error: unable to decode "STDIN": no kind "Widget" is registered for version "example.com/v1" in scheme "pkg/scheme/scheme.go:28"\n',
    ],
  ])('%s', (line, stdin, error) => {
    expect(run(line, stdin)).toEqual([1, '', error])
  })

  test.each([
    ['label -f - --local a=b', 'widget.example.com/p labeled\n'],
    ['annotate -f - --local a=b', 'widget.example.com/p annotated\n'],
    [
      'label -f - --local a=b -o yaml',
      'apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  labels:\n    a: b\n  name: p\n',
    ],
  ])('kinds that nobody knows: %s', (line, out) => {
    expect(run(line, widget)).toEqual([0, out, ''])
  })
})

describe('what begins with a brace', () => {
  const of = (kubectl: string, stdin: string) => {
    const each = createSim({ version: 'v1.26', kubectl, nodes: 0, journal: 'off' })
    const { stdout, stderr } = each.kubectl('label -f - --local a=b', { stdin })
    return stdout + stderr
  }

  test.each([
    [
      '1.20.2',
      "error: error parsing STDIN: json: line 0: invalid character 'k' looking for beginning of object key string\n",
    ],
    [
      '1.32.3',
      "error: error parsing STDIN: json: offset 2: invalid character 'k' looking for beginning of object key string\n",
    ],
    ['1.35.2', 'configmap/p labeled\n'],
  ])('and is YAML: kubectl %s', (kubectl, told) => {
    expect(of(kubectl, '{kind: ConfigMap, apiVersion: v1, metadata: {name: p}}\n')).toBe(told)
  })

  test.each(['1.20.2', '1.32.3', '1.35.2'])('may be several objects one after the other: kubectl %s', (kubectl) => {
    const object = (name: string) => JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name } })
    expect(of(kubectl, `${object('p')}\n${object('q')}\n`)).toBe('configmap/p labeled\nconfigmap/q labeled\n')
  })
})

describe('a kubeconfig that is not there', () => {
  test('is told by what asks a server', () => {
    for (const line of ['get pods', 'version'])
      expect(run(`--kubeconfig=/none ${line}`)).toEqual([1, '', 'error: stat /none: no such file or directory\n'])
  })

  test('is an empty one for config', () => {
    expect(run('config view --kubeconfig=/none')[1]).toBe(
      'apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ""\nkind: Config\npreferences: {}\nusers: null\n',
    )
    expect(run('config current-context --kubeconfig=/none')).toEqual([1, '', 'error: current-context is not set\n'])
    expect(run('config current-context')[1]).toBe('podsim\n')
  })
})

const podOf = (name: string, container = 'c') =>
  pod.replace('name: p', `name: ${name}`).replace('name: c', `name: ${container}`)
const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n'
const binding = (kind: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\nmetadata: {name: r}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\n`
const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n`
const noPod = (kind: string) => `the object is not a pod or does not have a pod template: *v1.${kind}\n`
const noSubjects = 'setting subjects is only supported for RoleBinding/ClusterRoleBinding\n'

const several: readonly (readonly [
  args: string,
  documents: readonly string[],
  code: number,
  out: string,
  err: string,
])[] = [
  [
    'env --local A=b',
    [podOf('p'), map, podOf('q')],
    1,
    'pod/p env updated\npod/q env updated\n',
    `error: configmap/x ${noPod('ConfigMap')}`,
  ],
  [
    'env --local A=b',
    [service('s'), service('t')],
    1,
    '',
    `error: service/s ${noPod('Service')}\nerror: service/t ${noPod('Service')}\n`,
  ],
  [
    'env --local A=b',
    [binding('RoleBinding')],
    1,
    '',
    `error: rolebinding.rbac.authorization.k8s.io/r\n ${noPod('RoleBinding')}`,
  ],
  [
    'env --local A=b',
    [podOf('p'), widget],
    1,
    '',
    'error: unable to decode "STDIN": no kind "Widget" is registered for version "example.com/v1" in scheme "pkg/scheme/scheme.go:28"\n',
  ],
  [
    'env --local A=b',
    [podOf('p'), 'apiVersion: v1\nkind: 5\n'],
    1,
    '',
    `error: unable to decode "STDIN": couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string\n`,
  ],
  ['env --local A-', [podOf('p')], 0, '', ''],
  ['env --local --list', [map, podOf('p')], 0, '# Pod p, container c\n', ''],
  [
    'env --local A=b --overwrite=false',
    [pod.replace('image: z', 'image: z, env: [{name: A, value: o}]'), podOf('q')],
    1,
    'pod/q env updated\n',
    "error: pod/p 'A' already has a value (o), and --overwrite is false\n",
  ],
  [
    'image --local c=x',
    [podOf('p'), map, podOf('q', 'd')],
    1,
    'pod/p image updated\n',
    `error: unable to find container named "c"\nerror: configmap/x ${noPod('ConfigMap')}\n`,
  ],
  ['image --local d=x', [podOf('p')], 1, '', 'error: unable to find container named "d"\n'],
  [
    'resources --local -c c --limits=cpu=1',
    [podOf('p', 'd'), podOf('q')],
    1,
    'pod/q resource requirements updated\n',
    'error: unable to find container named c\n',
  ],
  [
    'subject --local --user=u',
    [binding('RoleBinding'), podOf('p'), binding('ClusterRoleBinding')],
    1,
    'rolebinding.rbac.authorization.k8s.io/r subjects updated\nclusterrolebinding.rbac.authorization.k8s.io/r subjects updated\n',
    `error: pod/p ${noSubjects}`,
  ],
  [
    'selector --local a=b',
    [podOf('p'), widget, service('s')],
    1,
    'service/s selector updated\n',
    'setting a selector is only supported for Services\nunable to decode "STDIN": no kind "Widget" is registered for version "example.com/v1" in scheme "pkg/scheme/scheme.go:28"\n',
  ],
  [
    'serviceaccount --local sa',
    [podOf('p'), podOf('q')],
    0,
    'pod/p serviceaccount updated\npod/q serviceaccount updated\n',
    '',
  ],
]

describe('set with several objects of a file', () => {
  test.each(several)('%s, row %#', (args, documents, code, out, err) => {
    const [subcommand = '', ...rest] = args.split(' ')
    expect(run(`set ${subcommand} -f - ${rest.join(' ')}`, documents.join('---\n'))).toEqual([code, out, err])
  })
})

test('patch makes a printer for each object, so that nothing stands between two documents', () => {
  const maps = ['a', 'b'].map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`).join('---\n')
  const shown = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels:\n    z: "1"\n  name: ${name}\n`
  expect(run('patch -f - --local -o yaml -p {"metadata":{"labels":{"z":"1"}}}', maps)).toEqual([
    0,
    shown('a') + shown('b'),
    '',
  ])
})
