import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { lineAndColumn } from '../../src/scenario/diagnostic.ts'
import { loadScenarios } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'

/** Parameters, matrix, captures, templates, files of steps; what runs when a step has failed. */

const beside: Readonly<Record<string, string>> = {
  'steps.yaml':
    'with: { secret: db }\nsteps:\n  - kubectl: get secret ${{ secret }}\n    capture: { seen: exitCode }\n',
  'broken.yaml': 'steps:\n  - kubctl: get pods\n',
  'circle.yaml': '- include: circle.yaml\n',
}

function load(text: string, settings: Readonly<Record<string, string>> = {}) {
  const readBeside = (path: string) => (path in beside ? new TextEncoder().encode(beside[path]) : undefined)
  return loadScenarios(text, 'x.yaml', { readBeside }, settings)
}

function scenarios(text: string, settings: Readonly<Record<string, string>> = {}) {
  const loaded = load(text, settings)
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return loaded.value
}

function told(text: string, settings: Readonly<Record<string, string>> = {}) {
  const loaded = load(text, settings)
  return loaded.ok
    ? []
    : loaded.errors.map((error) => {
        const { line, column } = lineAndColumn(error.text ?? text, error.range[0])
        return `${error.code} ${error.file}:${line}:${column} ${error.message}`
      })
}

const run = (text: string, settings: Readonly<Record<string, string>> = {}) =>
  scenarios(text, settings).map((scenario) => runScenario(scenario, { createSim }))

describe('a parameter', () => {
  const text = `title: \${{ strategy }} with \${{ nodes }}
params:
  nodes: 2
  strategy: { default: Watch, oneOf: [Watch, Cache, Get], description: how kubelets learn of changes }
  pause: { default: 5s, type: duration }
  dry: { default: false }
cluster:
  nodes: \${{ nodes }}
  kubelet: { configMapAndSecretChangeDetectionStrategy: "\${{ strategy }}" }
steps:
  - wait: \${{ pause }}
    expect: { objects: nodes, count: "\${{ nodes }}" }
  - run: X=\${{ nodes }}; echo \${X} $X
    output: { stdout: "\${{ nodes }} \${{ nodes }}" }
`
  test('stands for its default, or for what is set, of its own type', () => {
    expect(run(text)).toMatchObject([
      { outcome: 'passed', endedAt: 5000, scenario: { title: 'Watch with 2', settings: {} } },
    ])
    const [set] = run(text, { nodes: '3', strategy: 'Get', pause: '1m' })
    expect(set).toMatchObject({
      outcome: 'passed',
      endedAt: 60_000,
      scenario: { title: 'Get with 3', settings: { nodes: '3', strategy: 'Get', pause: '1m' } },
    })
  })

  test.each([
    [{ nodes: 'many' }, 'nodes is set to "many", which is no number'],
    [{ strategy: 'Poll' }, 'strategy is set to "Poll", which is none of Watch, Cache, Get'],
    [{ pause: '5 mins' }, 'pause is set to "5 mins", which is no duration'],
    [{ dry: 'yes' }, 'dry is set to "yes", which is no boolean'],
    [{ nodes: '-1' }, 'cluster.nodes is'],
  ])('is refused what it cannot be: %j', (settings, message) => {
    expect(told(text, settings)[0]).toContain(message)
  })
})

test('a matrix makes a scenario of each combination, all with one seed, and each can be had alone', () => {
  const text = `title: delays
matrix:
  strategy: [Watch, Cache]
  ttl: [0, 30]
steps:
  - say: \${{ strategy }} and \${{ ttl }}
`
  expect(scenarios(text).map(({ title, seed }) => `${title} ${seed}`)).toEqual([
    'delays [strategy=Watch, ttl=0] x',
    'delays [strategy=Watch, ttl=30] x',
    'delays [strategy=Cache, ttl=0] x',
    'delays [strategy=Cache, ttl=30] x',
  ])
  expect(scenarios(text, { strategy: 'Cache', ttl: '30' })).toMatchObject([{ steps: [{ say: 'Cache and 30' }] }])
  expect(told(text, { ttl: '5' })).toEqual(['BAD_VALUE x.yaml:4:3 ttl is set to "5"; the matrix has 0, 30'])
})

test('what a step captures is there for those after it: outputs, parts of objects, files, variables, times', () => {
  const [result] = run(`title: captures
steps:
  - kubectl: create secret generic db --from-literal=password=s3cret
    capture:
      name: { stdout: "^(\\\\S+) created" }
      created: { object: secret/db, path: .metadata.resourceVersion }
  - kubectl: run app --image=busybox --restart=Never --labels=app=a --env=COLOUR=blue -- sleep 9999
  - wait: { pod: app, ready: true }
    capture: { when: time, pods: { pods: { app: a }, path: .metadata.name }, colour: { env: COLOUR, in: app } }
  - kubectl: get \${{ name }} -o jsonpath={.data.password}
    capture: { data: stdout, code: exitCode }
    output: { stdout: czNjcmV0 }
  - run: echo \${{ data }} | base64 -d
    output: { stdout: s3cret, exitCode: "\${{ code }}" }
  - kubectl: patch secret db -p '{"stringData":{"password":"\${{ colour }}"}}'
    expect:
      - { object: secret/db, matches: { metadata: { resourceVersion: { $not: "\${{ created }}" } } } }
      - { pod: "\${{ pods }}", ready: true }
      - { objects: secrets, labels: { app: "\${{ colour }}" }, exists: false }
`)
  expect(
    result?.steps
      .flatMap(({ problem, mismatches, expectations }) => [
        problem,
        ...mismatches,
        ...expectations.filter((each) => !each.passed),
      ])
      .filter((each) => each !== undefined),
  ).toEqual([])
  expect(result?.outcome).toBe('passed')
})

test('what could not be captured fails its step, and what asks for it its own', () => {
  const [result] = run(`title: captures
steps:
  - kubectl: get nodes
    capture: { uid: { object: pod/none, path: .metadata.uid } }
    continue: true
  - kubectl: get pod \${{ uid }}
    continue: true
  - wait: 5s
    capture: { code: exitCode }
`)
  expect(result?.steps.map(({ problem }) => problem)).toEqual([
    'uid cannot be captured: there is no pod/none',
    'there is no variable "uid"; none is declared: nothing was captured as that yet',
    'code cannot be captured: there is no exitCode: the step runs no command',
  ])
})

test('a template and a file of steps stand for their steps, with variables of their own', () => {
  const [result] = run(`title: templates
params: { secret: outer }
templates:
  rotate:
    with: { secret: , to: new }
    steps:
      - run: kubectl create secret generic \${{ secret }} --from-literal=password=\${{ to }} --dry-run=client -o yaml | kubectl apply -f -
        capture: { last: { object: "secret/\${{ secret }}", path: .data.password } }
  twice:
    with: { first: a }
    steps:
      - { use: rotate, with: { secret: "\${{ first }}", to: old } }
      - { use: rotate, with: { secret: "\${{ first }}" } }
steps:
  - use: twice
    with: { first: db }
    after: 10s
    say: It is rotated.
    expect: { object: secret/db, matches: { data: { password: "\${{ last }}" } } }
  - include: steps.yaml
  - run: echo \${{ seen }} \${{ secret }}
    output: { stdout: 0 outer }
`)
  expect(result?.outcome).toBe('passed')
  expect(
    result?.steps.map(({ say, action, place }) => [place.file ?? 'x.yaml', place.line, say ?? action?.slice(0, 43)]),
  ).toEqual([
    ['x.yaml', 15, 'It is rotated.'],
    ['x.yaml', 7, 'kubectl create secret generic db --from-lit'],
    ['x.yaml', 7, 'kubectl create secret generic db --from-lit'],
    ['x.yaml', 15, undefined],
    ['steps.yaml', 3, 'kubectl get secret db'],
    ['x.yaml', 21, 'echo 0 outer'],
  ])
})

test.each([
  [
    'steps: [{say: "${{ nmae }}"}]\nparams: {name: a}',
    'BAD_REFERENCE x.yaml:2:15 there is no variable "nmae"; expected one of name',
  ],
  ['steps: [{say: "${{ name"}]', 'BAD_REFERENCE x.yaml:2:15 "${{ name" has ${{ without a name and }} behind it'],
  [
    'steps: [{use: rotat}]\ntemplates: {rotate: {steps: [{say: a}]}}',
    'BAD_REFERENCE x.yaml:2:15 there is no template "rotat"; expected one of rotate',
  ],
  [
    'steps: [{use: r}]\ntemplates: {r: {with: {to: }, steps: [{say: "${{ to }}"}]}}',
    'MISSING_KEY x.yaml:2:9 the variable "to" has no value; expected it in with',
  ],
  [
    'steps: [{use: r, with: {ot: 1}}]\ntemplates: {r: {with: {to: 2}, steps: [{say: "${{ to }}"}]}}',
    'BAD_REFERENCE x.yaml:2:25 there is no variable "ot" in what is used; expected to',
  ],
  [
    'steps: [{use: r}]\ntemplates: {r: {steps: [{use: r}]}}',
    'BAD_REFERENCE x.yaml:3:31 templates use each other without end',
  ],
  ['steps: [{use: r}]\ntemplates: {r: {with: {n: soon}, steps: [{wait: "${{ n }}"}]}}', 'BAD_DURATION x.yaml:3:49 '],
  ['steps: [{include: none.yaml}]', 'MISSING_FILE x.yaml:2:19 there is no file "none.yaml" beside the scenario'],
  ['steps: [{include: broken.yaml}]', 'UNKNOWN_STEP broken.yaml:2:5 unknown key "kubctl"'],
  ['steps: [{include: circle.yaml}]', 'BAD_REFERENCE circle.yaml:1:12 templates use each other without end'],
  ['steps: [{say: a, capture: {x: stdoot}}]', 'BAD_VALUE x.yaml:2:31 '],
  ['steps: [{say: a, capture: {x: {object: pod/a, path: "{.a"}}}]', 'BAD_VALUE x.yaml:2:53 the path is no JSONPath'],
  ['steps: [{say: a, continue: false}]', 'BAD_VALUE x.yaml:2:28 '],
  ['matrix: {a: []}\nsteps: [{say: a}]', 'BAD_VALUE x.yaml:2:13 '],
  ['params: {a: {default: b, oneOf: [c]}}\nsteps: [{say: a}]', 'BAD_VALUE x.yaml:2:23 the default is none of c'],
  ['params: {a: [b]}\nsteps: [{say: a}]', 'WRONG_TYPE x.yaml:2:13 '],
])('a mistake with variables is told with its place: %s', (text, message) => {
  expect(told(`title: x\n${text}`)).toEqual([expect.stringContaining(message)])
})

describe('a step that fails', () => {
  const text = (more = '') => `title: failing
cluster: { commandTime: 40ms }
steps:
  - kubectl: get secret none
${more}  - wait: 5s
  - wait: 5s
catch:
  - kubectl: get nodes
  - kubectl: get secret none
finally:
  - run: echo over
    output: { stdout: over }
`
  test('is the last; what was to be shown is shown, and what must be done is done', () => {
    const [result] = run(text())
    expect(result).toMatchObject({ outcome: 'failed', endedAt: 120 })
    expect(result?.reason).toBe(
      'the step at line 4 failed, and the 2 after it did not run; continue: true on it runs them all the same',
    )
    expect(result?.steps.map(({ part }) => part)).toEqual(['steps', 'catch', 'catch', 'finally'])
  })

  test('is followed by the others where it says so', () => {
    const [result] = run(text('    continue: true\n'))
    expect(result).toMatchObject({ outcome: 'failed', endedAt: 10_120, reason: undefined })
  })

  test('is not caught where there is none', () => {
    const [result] = run(text('    output: { exitCode: 1 }\n'))
    expect(result).toMatchObject({ outcome: 'passed', endedAt: 10_040 })
    expect(result?.steps.map(({ part }) => part)).toEqual(['steps', 'steps', 'steps', 'finally'])
  })
})
