import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** Questions about rights and single values, as kubectl 1.20.2, 1.32.3 and 1.35.2 answered them (`podsim serve`). */

const clusters = { '1.20.2': 'v1.18', '1.32.3': 'v1.26', '1.35.2': 'v1.36' } as const
type Kubectl = keyof typeof clusters

function asked(kubectl: Kubectl): (line: string) => string {
  const sim = createSim({ journal: 'off', version: clusters[kubectl], kubectl, nodes: 1 })
  sim.shell('kubectl create secret generic db --from-literal=p=one; kubectl create configmap settings')
  return (line) => {
    const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '))
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
}

describe.each([
  ['1.20.2', '\n'],
  ['1.32.3', '\n\n'],
  ['1.35.2', '\n\n'],
] as const)('S3 kubectl %s auth can-i', (kubectl, end) => {
  const run = asked(kubectl)
  test.each([
    ['list nodes', `yes\nWarning: resource 'nodes' is not namespace scoped${end}`],
    ['list nodes -A', 'yes\n'],
    ['get node/node-1', `yes\nWarning: resource 'nodes' is not namespace scoped${end}`],
    ['read secrets', `yes\nWarning: verb 'read' is not a known verb${end}`],
    ['fly pods -q', `Warning: verb 'fly' is not a known verb${end}`],
    [
      'get widgets.example.com',
      `yes\nWarning: the server doesn't have a resource type 'widgets' in group 'example.com'${end}`,
    ],
    ['read /healthz', `yes\nWarning: verb 'read' is not a known verb${end}`],
    ['get /healthz', 'yes\n'],
    ['get pods --subresource=log', 'yes\n'],
    ['list secrets --as=jane', 'no\n[1]'],
  ])('%s', (question, answer) => {
    expect(run(`auth can-i ${question}`)).toBe(answer)
  })
})

describe('S3 auth whoami', () => {
  test.each([
    ['1.20.2', '', `error: unknown command "whoami"\nSee 'kubectl auth -h' for help and examples\n[1]`],
    [
      '1.32.3',
      '',
      'error: the selfsubjectreviews API is not enabled in the cluster\nenable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API\n[1]',
    ],
    ['1.35.2', '', 'ATTRIBUTE   VALUE\nUsername    admin\nGroups      [system:masters system:authenticated]\n'],
    ['1.35.2', ' -o jsonpath={.status.userInfo.username} --as=jane', 'jane'],
    ['1.35.2', ' -o name', 'selfsubjectreview.authentication.k8s.io/<unknown>\n'],
  ] as const)('kubectl %s%s', (kubectl, flags, answer) => {
    expect(asked(kubectl)(`auth whoami${flags}`)).toBe(answer)
  })
})

describe.each(['1.20.2', '1.32.3', '1.35.2'] as const)('C5 kubectl %s -o jsonpath-as-json', (kubectl) => {
  const run = asked(kubectl)
  test.each([
    ['secret db', '={.data}', '[\n    {\n        "p": "b25l"\n    }\n]\n'],
    ['secret db', '={.data.p}', '[\n    "b25l"\n]\n'],
    ['secret db', '={.none}', '[]\n'],
    ['secret db', '={.metadata.name}{.type}', '[\n    "db"\n]\n[\n    "Opaque"\n]\n'],
    ['secret db', '=x', '[\n    "x"\n]\n'],
    ['secret db', '={.data', 'error: error parsing jsonpath {.data, unclosed action\n[1]'],
    ['secret db', '', 'error: template format specified but no template given\n[1]'],
    ['secret/db cm/settings', '={.items[*].metadata.name}', '[\n    "db",\n    "settings"\n]\n'],
  ])('%s %s', (what, template, shown) => {
    expect(run(`get ${what} -o jsonpath-as-json${template}`)).toBe(shown)
  })

  test.each(['secrets -l x=y', 'pods', 'pods -A -l none', 'all -l none=x'])(
    '-o name of nothing is nothing: %s',
    (what) => {
      expect(run(`get ${what} -o name`)).toBe('')
    },
  )
})

describe.each(['1.20.2', '1.32.3', '1.35.2'] as const)(
  'C1 kubectl %s makes again what was taken from a cluster',
  (kubectl) => {
    const manifest = (name: string, rest: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, resourceVersion: "77", uid: 1-2, creationTimestamp: "2020-01-01T00:00:00Z"${rest}}\ndata: {a: YQ==}\n`
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${manifest('l', '').trimEnd().replaceAll('\n', '\n  ')}\n`
    test.each([
      ['create -f -', manifest('s', ''), 'secret/s created\n'],
      ['apply -f -', manifest('s', ''), 'secret/s created\n'],
      ['apply -f -', manifest('s', ', namespace: other'), 'secret/s created\n'],
      ['create -f -', list, 'secret/l created\n'],
      ['apply -f -', list, 'secret/l created\n'],
    ])('%s', (line, stdin, words) => {
      const sim = createSim({ journal: 'off', version: clusters[kubectl], kubectl, nodes: 0 })
      sim.kubectl(['create', 'ns', 'other'])
      expect(sim.kubectl(line.split(' '), { stdin }).stdout).toBe(words)
    })
  },
)
