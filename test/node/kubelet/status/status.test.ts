import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/api/json.ts'
import { applyStrategicMergePatch } from '../../../../src/api/patch/strategic-merge-patch.ts'
import { schemaOf } from '../../../../src/api/schema/schema.ts'
import type { ContainerState, ContainerStatus, PodSpec } from '../../../../src/api/types/core.ts'
import { podConditions } from '../../../../src/node/kubelet/status/conditions.ts'
import { podPhase } from '../../../../src/node/kubelet/status/phase.ts'
import { statusPatch } from '../../../../src/node/kubelet/status/status-patch.ts'

const running: ContainerState = { running: {} }
const waiting: ContainerState = { waiting: { reason: 'ContainerCreating' } }
const ended = (exitCode: number): ContainerState => ({ terminated: { exitCode } })
const status = (name: string, state: ContainerState, lastState?: ContainerState): ContainerStatus => ({
  name,
  state,
  ready: state.running !== undefined || state.terminated?.exitCode === 0,
  restartCount: 0,
  image: '',
  imageID: '',
  ...(lastState === undefined ? {} : { lastState }),
})
const spec = (restartPolicy: PodSpec['restartPolicy'], containers: readonly string[], init: readonly string[] = []) =>
  ({
    restartPolicy,
    containers: containers.map((name) => ({ name })),
    initContainers: init.map((name) => ({ name })),
  }) as PodSpec

const old = { podFailedReason: false, sidecars: false }
const today = { podFailedReason: true, sidecars: true }
const withSidecar = { ...spec('Always', ['c']), initContainers: [{ name: 'i', restartPolicy: 'Always' as const }] }

describe('the phase of a Pod (facts/kubelet.md 8.5)', () => {
  test.each([
    { policy: 'Always', states: [running], phase: 'Running' },
    { policy: 'Always', states: [running, waiting], phase: 'Pending' },
    { policy: 'Always', states: [ended(1)], phase: 'Running' },
    { policy: 'Never', states: [ended(0), ended(0)], phase: 'Succeeded' },
    { policy: 'Never', states: [ended(0), ended(1)], phase: 'Failed' },
    { policy: 'OnFailure', states: [ended(0), ended(1)], phase: 'Running' },
    { policy: 'OnFailure', states: [ended(0)], phase: 'Succeeded' },
  ] as const)('L3 $policy with $states is $phase', ({ policy, states, phase }) => {
    const names = states.map((_, i) => `c${i}`)
    expect(
      podPhase(
        spec(policy, names),
        states.map((state, i) => status(`c${i}`, state)),
        [],
      ),
    ).toBe(phase)
  })

  test('E3 a container that waits after it has run counts as stopped, one that never ran holds the Pod in Pending', () => {
    const failing: ContainerState = { waiting: { reason: 'CreateContainerConfigError' } }
    expect(podPhase(spec('Always', ['c']), [status('c', failing)], [])).toBe('Pending')
    expect(podPhase(spec('Always', ['c']), [status('c', failing, ended(1))], [])).toBe('Running')
  })

  test('L3 init containers: running ones keep the Pod Pending, a failed one fails it under Never', () => {
    const regular = [status('c', waiting)]
    expect(podPhase(spec('Always', ['c'], ['i']), regular, [status('i', running)])).toBe('Pending')
    expect(podPhase(spec('Never', ['c'], ['i']), regular, [status('i', ended(1))])).toBe('Failed')
    expect(podPhase(spec('Always', ['c'], ['i']), regular, [status('i', ended(1))])).toBe('Pending')
  })

  test.each([
    { what: 'runs, and the regular container waits', init: status('i', running), regular: waiting, phase: 'Pending' },
    { what: 'has not passed its startup probe', init: status('i', running), regular: running, phase: 'Running' },
    { what: 'crashed beside a running container', init: status('i', ended(1)), regular: running, phase: 'Running' },
    { what: 'runs on, and the rest has ended', init: status('i', running), regular: ended(0), phase: 'Running' },
    { what: 'waits, never having run', init: status('i', waiting), regular: waiting, phase: 'Pending' },
  ] as const)('L3 a sidecar that $what: $phase', ({ init, regular, phase }) => {
    expect(podPhase(withSidecar, [status('c', regular)], [init])).toBe(phase)
  })
})

describe('conditions (facts/kubelet.md 8.7)', () => {
  test('L3 stand in the order in which the kubelet writes them, with reasons and lists of names', () => {
    const states = [status('a', waiting), status('b', running)]
    const conditions = podConditions(
      spec('Always', ['a', 'b']),
      { phase: 'Pending', regular: states, init: [] },
      [],
      old,
    )
    expect(conditions.map(({ type, status: is, reason, message }) => [type, is, reason, message])).toEqual([
      ['Initialized', 'True', undefined, undefined],
      ['Ready', 'False', 'ContainersNotReady', 'containers with unready status: [a]'],
      ['ContainersReady', 'False', 'ContainersNotReady', 'containers with unready status: [a]'],
      ['PodScheduled', 'True', undefined, undefined],
    ])
  })

  test('L3 from v1.29 on the first says whether there is a sandbox to start containers in', () => {
    const first = (readyToStart: boolean) =>
      podConditions(
        spec('Always', ['a']),
        { phase: 'Pending', regular: [status('a', waiting)], init: [] },
        [],
        today,
        readyToStart,
      )[0]
    expect(first(false)).toEqual({ type: 'PodReadyToStartContainers', status: 'False' })
    expect(first(true)).toEqual({ type: 'PodReadyToStartContainers', status: 'True' })
  })

  test('L3 a sidecar counts for Initialized once it has started, and for readiness as long as it lives', () => {
    const conditions = (init: ContainerStatus, regular: ContainerState) =>
      Object.fromEntries(
        podConditions(withSidecar, { phase: 'Running', regular: [status('c', regular)], init: [init] }, [], today).map(
          ({ type, status: is, message }) => [type, message ?? is],
        ),
      )
    expect(conditions({ ...status('i', running), started: false }, waiting)).toMatchObject({
      Initialized: 'containers with incomplete status: [i]',
      ContainersReady: 'containers with unready status: [c]',
    })
    expect(conditions({ ...status('i', running), started: true }, waiting)).toMatchObject({ Initialized: 'True' })
    expect(conditions({ ...status('i', ended(1)), started: false, ready: false }, running)).toMatchObject({
      Initialized: 'True',
      ContainersReady: 'containers with unready status: [i]',
    })
  })

  test('L3 a finished Pod says PodCompleted, a failed one PodFailed from v1.22 on', () => {
    const ready = (phase: 'Succeeded' | 'Failed', named: boolean) =>
      podConditions(
        spec('Never', ['a']),
        { phase, regular: [status('a', ended(1))], init: [] },
        [],
        named ? today : old,
      )[1]?.reason
    expect(ready('Succeeded', false)).toBe('PodCompleted')
    expect(ready('Failed', false)).toBe('ContainersNotReady')
    expect(ready('Failed', true)).toBe('PodFailed')
  })
})

describe('the patch of a status', () => {
  const before = {
    phase: 'Pending',
    nominatedNodeName: 'node-2',
    conditions: [
      { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'm', lastTransitionTime: 't0' },
      { type: 'PodScheduled', status: 'True', lastTransitionTime: 't0' },
    ],
  } as const

  test('L3 carries what changed or went, and the order of the conditions', () => {
    const after = {
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: 't1' },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: 't0' },
      ],
    } as const
    expect(statusPatch('u', before, after)?.document).toEqual({
      metadata: { uid: 'u' },
      status: {
        phase: 'Running',
        nominatedNodeName: null,
        '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'PodScheduled' }],
        conditions: [{ type: 'Ready', status: 'True', reason: null, message: null, lastTransitionTime: 't1' }],
      },
    })
  })

  const podDefinition = schemaOf(18).definition('io.k8s.api.core.v1.Pod')
  const stored = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', uid: 'u' }, status: before }

  test.each([
    [
      'conditions that change and come',
      { ...before, conditions: [...before.conditions, { type: 'x', status: 'True' }] },
    ],
    ['a member that goes', { phase: 'Pending', conditions: before.conditions }],
    ['a condition that goes', { ...before, conditions: before.conditions.slice(1) }],
    ['all conditions go', { phase: 'Failed' }],
    [
      'a member that comes with nulls',
      { ...before, containerStatuses: [status('c', { terminated: { exitCode: 0, startedAt: null } })] },
    ],
    ['addresses that come', { ...before, podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] }],
  ] as const)('L3 a server that holds the status from which it was made stores the same: %s', (_what, after) => {
    const patch = statusPatch('u', before, after)
    for (const discardsNulls of [true, false]) {
      const document = patch?.document as JsonObject // as it is sent
      const applied = applyStrategicMergePatch(stored, document, podDefinition, discardsNulls)
      // The order of members shows in what is printed.
      expect(JSON.stringify(patch?.appliedTo(stored, discardsNulls))).toBe(JSON.stringify(applied))
    }
  })

  test('L3 a server that holds something else, or addresses that merge, applies the document', () => {
    const patch = statusPatch('u', before, { ...before, phase: 'Running' })
    expect(patch?.appliedTo({ ...stored, status: { ...before } }, true)).toBeUndefined()
    expect(patch?.appliedTo({ ...stored, metadata: { name: 'p', uid: 'v' } }, true)).toBeUndefined()
    const old = { ...before, podIPs: [{ ip: '10.0.0.1' }] }
    const ofAddress = statusPatch('u', old, { ...old, podIPs: [{ ip: '10.0.0.2' }] })
    expect(ofAddress?.appliedTo({ ...stored, status: old }, true)).toBeUndefined()
  })

  test('L3 is not made at all when nothing changed', () => {
    expect(statusPatch('u', before, { ...before })).toBeUndefined()
  })
})
