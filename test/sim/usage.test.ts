import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSim, SimUsageError } from '../../src/index.ts'
import { tries } from '../tries.ts'

/** Whatever a caller gives: a mistake is told in words, never by what it made the inside stumble over, and never swallowed. */

const sim = createSim({ seed: 'usage', nodes: 2 })
const pod = { pod: 'mypod' }

type Row = readonly [given: unknown, message: string]

/** Texts that several messages end with. */
const duration = 'a duration such as 500ms, 90s, 1m30s or 2h, or whole milliseconds'
const network = 'instant, lan, slo, or latencies by request, verbs, watchEvent and authorizer'
const nodes = 'a whole number from 0 to 5000, or a list of nodes'
const quantity = 'a quantity such as 500m, 4 or 8Gi'

describe('createSim', () => {
  test.each<Row>([
    [null, 'what it is given is null; expected a map'],
    [[], 'what it is given is an empty list; expected a map'],
    ['x', 'what it is given is the text "x"; expected a map'],
    [() => 1, 'what it is given is a function; expected a map'],
    [new Map(), 'what it is given is a Map; expected a map'],
    [{ sede: 1 }, 'unknown key "sede" at the top; expected one of seed, version'],
    [{ seed: {} }, 'seed is an empty map; expected a text or a number'],
    [{ seed: Number.NaN }, 'seed is the number NaN; expected a text or a number'],
    [{ seed: Symbol('x') }, 'seed is a symbol; expected a text or a number'],
    [{ version: 'v1.17' }, 'version is the text "v1.17"; expected "v1.18" to "v1.36"; did you mean "v1.18"?'],
    [{ version: 1.18 }, 'version is the number 1.18; expected "v1.18" to "v1.36"; did you mean "v1.18"?'],
    [{ nodes: '3' }, `nodes is the text "3"; expected ${nodes}; did you mean 3?`],
    [{ nodes: -1 }, `nodes is the number -1; expected ${nodes}`],
    [{ nodes: Number.NaN }, `nodes is the number NaN; expected ${nodes}`],
    [{ nodes: 1.5 }, `nodes is the number 1.5; expected ${nodes}`],
    [{ nodes: 3n }, `nodes is the bigint 3; expected ${nodes}`],
    [{ nodes: [] }, `nodes is an empty list; expected ${nodes}`],
    [{ nodes: ['a'] }, 'nodes[0] is the text "a"; expected a map'],
    [{ nodes: [{}] }, 'missing key "name" in nodes[0]; expected a name of lower case letters, digits, - and .'],
    [{ nodes: [{ name: 'a' }, { name: 'a' }] }, 'nodes[1].name: the node "a" is there twice, first as number 1'],
    [{ nodes: [{ name: 'Node_1' }] }, 'nodes[0].name is the text "Node_1"; expected a name of lower case letters'],
    [{ nodes: [{ name: 'a', memroy: '8Gi' }] }, 'unknown key "memroy" in nodes[0]; expected one of name, cpu'],
    [{ nodes: [{ name: 'a', memory: '8 GB' }] }, `memory is the text "8 GB"; expected ${quantity}; did you mean "8G"?`],
    [{ nodes: [{ name: 'a', memory: '0' }] }, `nodes[0].memory is the text "0"; expected ${quantity}`],
    [{ nodes: [{ name: 'a', ttl: -1 }] }, 'nodes[0].ttl is the number -1; expected a whole number of at least 0'],
    [{ nodes: [{ name: 'a', taints: [{ key: 'a', effect: 'NoExec' }] }] }, 'did you mean "NoExecute"?'],
    [{ nodes: [{ name: 'a', staticPods: [{ kind: 'Secret' }] }] }, 'nodes[0].staticPods[0]: a static Pod is'],
    [{ kubelet: { syncFreqency: '1m' } }, 'unknown key "syncFreqency" in kubelet; expected one of'],
    [
      { kubelet: { syncFrequency: 0 } },
      'kubelet.syncFrequency is the number 0; expected a duration of more than nothing',
    ],
    [{ kubelet: { syncFrequency: '30' } }, 'did you mean "30s"?'],
    [{ kubelet: { configMapAndSecretChangeDetectionStrategy: 'watch' } }, 'did you mean "Watch"?'],
    [{ kubelet: { serializeImagePulls: true, maxParallelImagePulls: 3 } }, 'cannot be larger than 1 unless'],
    [{ kubelet: { kubeAPIQPS: -1 } }, 'kubelet.kubeAPIQPS is the number -1; expected a whole number of at least 0'],
    [{ featureGates: { ImmutableEphemeralVolume: true } }, 'did you mean "ImmutableEphemeralVolumes"?'],
    [
      { featureGates: { ImmutableEphemeralVolumes: 'yes' } },
      'is the text "yes"; expected true or false; did you mean true?',
    ],
    [{ images: {} }, 'images is an empty map; expected a list'],
    [{ images: [{}] }, 'missing key "name" in images[0]; expected a text that is not empty'],
    [{ images: [{ name: 'a' }, { name: 'a' }] }, 'images[1].name: the image "a" is there twice'],
    [{ images: [{ name: 'a', program: 'serv' }] }, 'did you mean "serve"?'],
    [{ images: [{ name: 'a', size: 'big' }] }, `images[0].size is the text "big"; expected ${quantity}`],
    [
      { images: [{ name: 'a', pull: '1ms' }] },
      'images[0].pull is the text "1ms"; expected a duration of at least 300ms',
    ],
    [{ network: 'lam' }, `network is the text "lam"; expected ${network}; did you mean "lan"?`],
    [{ network: 5 }, `network is the number 5; expected ${network}`],
    [
      { network: { requests: '5ms' } },
      'unknown key "requests" in network; expected one of request, verbs, watchEvent, authorizer',
    ],
    [{ network: { request: { kind: 'normal', ms: 5 } } }, 'expected "fixed", "uniform", "exponential" or "seldom"'],
    [{ network: { request: { kind: 'uniform', minMs: 5, maxMs: 1 } } }, 'maxMs is 1; expected at least minMs, 5'],
    [{ network: { request: { ms: 5 } } }, 'the latency has no kind'],
    [{ network: { verbs: { gett: '1s' } } }, 'unknown key "gett" in network.verbs'],
    [{ files: { a: 5 } }, 'files.a is the number 5; expected a text or bytes'],
    [{ files: [] }, 'files is an empty list; expected a map'],
    [{ kubectl: '1.99' }, 'kubectl is the text "1.99"; expected a version of kubectl such as "1.18.20"'],
    [{ maxEvents: -1 }, 'maxEvents is the number -1; expected a whole number above 0'],
    [{ maxEvents: Number.NaN }, 'maxEvents is the number NaN; expected a whole number above 0'],
    [{ epoch: 'today' }, 'epoch is the text "today"; expected a time such as "2020-05-01T00:00:00Z"'],
    [{ journal: 'none' }, 'journal is the text "none"; expected full, summary, off, or a map with level and keep'],
    [{ invariants: 'yes' }, 'invariants is the text "yes"; expected true or false'],
    [{ admission: { podpreset: true } }, 'did you mean "podPreset"?'],
  ])('refuses %o', (given, message) => {
    expect(() => createSim(given as never)).toThrow(SimUsageError)
    expect(() => createSim(given as never)).toThrow(`createSim: `)
    expect(() => createSim(given as never)).toThrow(message)
  })

  test('an option that is undefined is one that is not given', () => {
    const options = { seed: undefined, nodes: undefined, network: undefined, kubelet: { syncFrequency: undefined } }
    expect(createSim(options).journal.digest()).toBe(createSim().journal.digest())
  })

  test('anything at all, at any option, is taken or told in words', () => {
    const key = fc.constantFrom('seed', 'version', 'featureGates', 'nodes', 'kubelet', 'network', 'images', 'files')
    fc.assert(
      fc.property(key, fc.anything({ withBigInt: true, withDate: true, withMap: true }), (option, value) => {
        // A cluster of thousands is right, but not here.
        fc.pre(typeof value !== 'number' && value !== undefined)
        const given = { [option]: value, maxEvents: 0 }
        // maxEvents is wrong, so that nothing is built: whatever the value is, this is told.
        expect(() => createSim(given as never)).toThrow(SimUsageError)
      }),
      { numRuns: tries(300), seed: 8 },
    )
  })
})

describe('a call with wrong arguments', () => {
  test.each<readonly [call: string, given: readonly unknown[], message: string]>([
    ['runFor', ['soon'], `runFor: duration is the text "soon"; expected ${duration}`],
    ['runFor', [], `runFor: the argument duration is missing; expected ${duration}`],
    ['runFor', [Number.NaN], `runFor: duration is the number NaN; expected ${duration}`],
    ['runFor', ['-5s'], `runFor: duration is the text "-5s"; expected ${duration}; did you mean "5s"?`],
    ['runFor', [1, 2], 'runFor takes at most 1 argument; found 2'],
    ['runUntil', [() => true], 'runUntil: the argument options is missing'],
    ['runUntil', [5, { within: '1s' }], 'runUntil: condition is the number 5; expected a function'],
    [
      'runUntil',
      [async () => true, { within: '1s' }],
      'the condition says a Promise; expected true or false: virtual time',
    ],
    ['runUntil', [() => 1, { within: '1s' }], 'runUntil: the condition says the number 1; expected true or false'],
    ['runUntil', [() => true, { wihtin: '1s' }], 'did you mean "within"?'],
    ['fault', [], 'fault: the argument fault is missing; expected a map with one of apiServer, partition'],
    ['fault', [{ meteor: true }], 'fault: unknown key "meteor" in fault; expected one of apiServer'],
    ['fault', [{ aipServer: 'unreachable' }], 'did you mean "apiServer"?'],
    ['fault', [{ partition: 'node-9' }], 'fault.partition is the text "node-9"; expected node-1 or node-2'],
    [
      'fault',
      [{ partition: 'node-1', duration: '5s' }],
      '"duration" does not go with partition in fault, which takes for',
    ],
    ['fault', [{ partition: 'node-1', node: 'node-1' }], '"node" does not go with partition in fault, which takes for'],
    ['fault', [{ watches: 'drop', for: '5s' }], '"for" does not go with watches: drop in fault, which takes node'],
    ['fault', [{ registry: 'available', for: '5s' }], 'registry: available in fault, which takes nothing else'],
    ['fault', [{ apiServer: 'slow' }], `fault: missing key "latency" in fault; expected ${duration}`],
    ['fault', [{ apiServer: 'down' }], 'is the text "down"; expected "unreachable", "restart", "slow" or "available"'],
    ['fault', [{ kubelet: 'stop', partition: 'node-1' }], 'a fault is one accident; found partition and kubelet'],
    ['fault', [{ clock: '5m' }], 'fault: missing key "node" in fault; expected the name of a node'],
    ['fault', [{ controller: 'replicasets' }], 'did you mean "replicaset"?'],
    ['fault', [{ loseAnswers: 0 }], 'fault.loseAnswers is the number 0; expected a whole number of at least 1'],
    ['get', ['Podd', 'x'], 'there is no kind "Podd" in this version of Kubernetes; did you mean "Pod"?'],
    ['get', ['Pod'], 'get: the argument name is missing'],
    ['get', ['Pod', 5], 'get: name is the number 5; expected a text'],
    ['get', ['Pod', 'a', { namespace: 'x' }], 'get: namespace is a map; expected a text'],
    ['list', ['Pod', { ns: 'x' }], 'list: unknown key "ns" in options; expected one of namespace'],
    ['list', ['pdo'], 'there is no kind "pdo"'],
    ['events', [{ reasn: 'x' }], 'events: unknown key "reasn" in query; expected one of namespace, reason, on'],
    ['events', [{ on: 'mypod' }], 'events: query.on is the text "mypod"; expected kind/name, such as pod/mypod'],
    ['inspect', ['pod'], 'inspect: object is the text "pod"; expected kind/name'],
    ['inspect', [{ kind: 'Pod' }], 'inspect: missing key "name" in object'],
    ['kubectl', [], 'kubectl: the argument line is missing'],
    ['kubectl', ['get pods', { usr: 'x' }], 'kubectl: unknown key "usr" in options'],
    ['kubectl', [['get', 5]], 'kubectl: line[1] is the number 5; expected a text'],
    ['shell', [], 'shell: the argument script is missing'],
    ['exec', ['mypod', ['ls']], 'did you mean { pod: "mypod" }?'],
    ['exec', [pod, 'ls'], 'exec: argv is the text "ls"; expected a list of words'],
    ['exec', [pod, []], 'exec: argv is an empty list; expected a list of words'],
    ['logs', ['a/b'], 'did you mean { pod: "a", container: "b" }?'],
    ['logs', [{ name: 'x' }], 'logs: missing key "pod" in target'],
    ['file', [pod, 'etc/x'], 'file: path is the text "etc/x"; expected a path that begins with /'],
    ['env', [], 'env: the argument target is missing'],
    ['stateAt', ['5m'], 'stateAt: 5m lies in the future; it is 0s now'],
    ['why', ['x'], 'why: object is the text "x"; expected kind/name'],
    ['request', [{}], 'request: missing key "method" in request'],
    ['request', [{ method: 'GET', path: 'api' }], 'request: request.path is the text "api"; expected a path'],
    ['delays', [], 'delays: the argument secret is missing'],
    ['traffic', [5], 'traffic: name is the number 5; expected a text'],
    ['nodeFiles', ['node-7', 'x'], 'node is the text "node-7"; expected node-1 or node-2'],
    ['holdsSecret', ['nod-1', 'x'], 'did you mean "node-1"?'],
    ['nodeMemory', [], 'nodeMemory: the argument node is missing'],
    ['etcdValue', [null], 'etcdValue: secret is null; expected a text'],
    ['volumeFiles', ['a'], 'volumeFiles: the argument volume is missing'],
    ['apply', [5], 'apply: manifests[0] is the number 5; expected manifests as YAML text'],
    ['apply', [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'A_B' } }], 'the manifest was refused: '],
  ])('%s(...%o) says what is wrong', (call, given, message) => {
    const work = () => (sim as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[call]?.(...given)
    expect(work).toThrow(SimUsageError)
    expect(work).toThrow(message)
  })

  test('the journal takes no unknown keys either, and nobody writes to it', () => {
    expect(() => sim.journal.query({ tpye: 'x' } as never)).toThrow('did you mean "type"?')
    expect('append' in sim.journal).toBe(false)
  })

  test('a reference is looked at at every call', () => {
    expect(sim.file(pod, '/etc')).toBeUndefined()
    expect(sim.file({ ...pod, container: undefined } as never, '/etc')).toBeUndefined()
    expect(() => sim.file({ ...pod, contaner: 'x' } as never, '/etc')).toThrow('did you mean "container"?')
  })
})

describe('calls where they do not belong', () => {
  test('a condition may look, but not let time pass', () => {
    const mine = createSim()
    expect(() => mine.runUntil(() => mine.runFor('1s') === undefined, { within: '1s' })).toThrow(
      'runFor was called while runUntil runs: listeners and conditions may only look',
    )
    expect(mine.runUntil(() => mine.get('Node', 'node-1') !== undefined, { within: '1s' })).toBe(true)
  })

  test('a listener of the journal may look, but not command', () => {
    const mine = createSim()
    const hearing = mine.journal.records$.subscribe(() => void mine.kubectl('get pods'))
    expect(() => mine.kubectl('create secret generic x')).toThrow('kubectl was called while kubectl runs')
    hearing.unsubscribe()
    let seen = 0
    mine.journal.records$.subscribe(() => {
      seen += mine.list('Secret').length
    })
    mine.kubectl('create secret generic y')
    expect(seen).toBeGreaterThan(0)
  })

  test('an accident that is over ends nothing but itself; one of a node only that of the node', () => {
    const mine = createSim({ nodes: 2 })
    const begun = mine.fault({ kubelet: 'stop', node: 'node-1' })
    mine.fault({ kubelet: 'stop', node: 'node-2' })
    mine.fault({ kubelet: 'start', node: 'node-2' })
    const ended = () => mine.journal.query({ type: 'fault.end' }).map(({ detail }) => detail?.what)
    expect(ended()).toEqual(['the kubelet is started again on node-2'])
    begun.clear()
    begun.clear()
    expect(ended()).toHaveLength(2)
  })

  test('after dispose every call says so, a second dispose is none, and the journal can be read', () => {
    const mine = createSim()
    const fault = mine.fault({ apiServer: 'unreachable' })
    mine.dispose()
    mine.dispose()
    const calls = Object.entries(mine).filter(([name, work]) => typeof work === 'function' && name !== 'dispose')
    expect(calls.length).toBeGreaterThan(20)
    for (const [, work] of calls) expect(work).toThrow('the simulation was disposed of')
    expect(() => fault.clear()).toThrow('the simulation was disposed of')
    expect(mine.journal.digest()).toMatch(/^[0-9a-f]{16}$/)
  })
})

describe('arguments that are mostly right', () => {
  test.each<readonly [call: string, given: readonly unknown[], message: string]>([
    ['kubectl', ['get pods', { as: '' }], 'kubectl: options.as is the text ""; expected'],
    ['kubectl', ['get pods', []], 'kubectl: options is an empty list; expected a map'],
    ['start', [{ kubectl: 'get pods', shell: 'true' }], 'start: '],
    ['exec', [pod, ['ls'], { stdin: 1 }], 'exec: options.stdin is the number 1; expected a text'],
  ])('%s(...%o) is looked at closer where it is not', (call, given, message) => {
    const work = () => (sim as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[call]?.(...given) // as JavaScript calls it
    expect(work).toThrow(SimUsageError)
    expect(work).toThrow(message)
  })
})
