import type { Pod, Secret } from '../api/types/core.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import { etcdSecretValue } from '../apiserver/etcd-value.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { adminUser } from '../cluster/control-plane.ts'
import { startProvisioner } from '../cluster/external-provisioner.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { userActingAs } from '../cluster/users.ts'
import { createFlows } from '../flow/flows.ts'
import type { InvariantObserver } from '../invariants/observer.ts'
import type { Journal } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import type { RandomStreams } from '../kernel/random.ts'
import { Scope } from '../kernel/scope.ts'
import { minute } from '../kernel/time.ts'
import type { CommandResult, ContainerRef } from '../looks/containers.ts'
import { execIn, findContainer } from '../looks/containers.ts'
import { createAccidents, type PeoplesWay } from './accidents.ts'
import { type Booted, type BootSeams, boot, bringUpMs } from './boot.ts'
import { bootedOnce } from './boot-images.ts'
import { CallLog } from './call-log.ts'
import { type Commands, createCommands } from './commands.ts'
import { type Applied, createDirectApply } from './direct-apply.ts'
import { flowFactsOf } from './flow-facts.ts'
import { createGuard, type Work } from './guard.ts'
import { httpRequest } from './http-request.ts'
import { createLooks } from './looks-calls.ts'
import { find } from './objects.ts'
import type { SimOptions } from './options.ts'
import { createOutside, type OutsideView } from './outside.ts'
import { createOwnCode } from './own/own-code.ts'
import { resolveOptions, type SimSettings } from './resolve-options.ts'
import type { CommandOptions, Sim } from './sim.ts'
import { createTimeCalls } from './time-calls.ts'
import { SimUsageError } from './usage-error.ts'
import { createWorkingFiles } from './working-files.ts'

/** A simulated cluster, up and idle at time 0. */
export function createSim(options: SimOptions = {}): Sim {
  return createObservedSim(options).sim
}

/** A simulation with its parts. */
export interface ObservedSim {
  readonly sim: Sim
  readonly observer: InvariantObserver | undefined
  readonly cluster: Cluster
  readonly journal: Journal<ClusterRecord>
  readonly kernel: Kernel
  readonly outside: OutsideView
}

/** For podsim's own tests: with what stands between invariants and the cluster (`below`), and before both (`above`). */
export function createObservedSim(options: SimOptions, seams: BootSeams = {}): ObservedSim {
  return simOf(resolveOptions(options), seams)
}

function simOf(settings: SimSettings, seams: BootSeams): ObservedSim {
  const isPlain = seams.below === undefined && seams.above === undefined
  const booted = isPlain ? bootedOnce(settings) : boot(settings, seams)
  const { kernel, calendar, journal, random, registry, settling, observer, cluster } = booted
  // The budget is the user's: bringing the cluster up does not count.
  kernel.limitEvents(settings.maxEvents)
  const { server } = cluster.controlPlane
  const reachability: PeoplesWay = { blockedBy: 0, slow: new Set() }
  const podOf = (namespace: string, name: string) => find<Pod>(server, 'Pod', name, namespace)
  const etcdValue = etcdReader(server, settings, random)
  const commands = createCommands({
    kernel,
    calendar,
    cluster,
    random,
    files: createWorkingFiles(kernel, calendar, settings.files),
    settings,
    podOf,
    etcdValue,
    isReachable: () => reachability.blockedBy === 0,
  })
  const applyDirectly = createDirectApply({
    server,
    minor: settings.minor,
    kubectl: settings.kubectl,
    isUndisturbed: () => reachability.blockedBy === 0 && !cluster.requestFaults.isActive,
    namespace: commands.namespace,
  })
  const containerOf = ({ pod, container, namespace = 'default' }: ContainerRef, previous = false) =>
    findContainer(cluster, podOf(namespace, pod), container, previous)
  const accidents = createAccidents({
    kernel,
    journal,
    cluster,
    registry,
    observed: (change) => observer?.fault(change),
    people: reachability,
  })
  const log = new CallLog()
  const guard = createGuard({ after: () => observer?.check(), end: () => endAll(own, provisioners), log })
  const time = createTimeCalls({
    kernel,
    calendar,
    cluster,
    commands,
    settling,
    originMs: bringUpMs,
    quietMs: () => Math.max(minute, ...settings.nodes.map(({ name }) => flowFacts.boundMs(name))),
    apart: guard.apart,
  })
  const own = createOwnCode({ kernel, calendar, journal, random, cluster, minor: settings.minor, now: time.now })
  const provisioners = startProvisioners(booted, settings)
  const flowFacts = flowFactsOf(settings, server, time.now)
  const flows = createFlows(journal, flowFacts, Number.isFinite(settings.journalKeep))
  const looks = createLooks({ settings, kernel, journal, cluster, flows, originMs: bringUpMs, containerOf, etcdValue })
  const others: Omit<Work, keyof (typeof time & typeof looks & typeof own.calls & ReturnType<typeof commandCalls>)> = {
    exec: (target, argv, { stdin } = {}) => execIn(containerOf(target), target, argv, stdin),
    fault: accidents.begin,
    client: ({ as = adminUser.name, groups } = {}) =>
      cluster.controlPlane.clientOf(userActingAs(as, groups), cluster.controlPlane.outside),
    process: (body) => process(kernel, body),
    request: (request) => httpRequest(kernel, server, request),
    clone: ({ seed = settings.seed } = {}) =>
      cloneOf({ sim, cluster, journal }, log, simOf({ ...settings, seed: String(seed) }, seams)),
  }
  // One object after the other onto the first, for a literal of spreads has hidden classes of its own each time (docs/decisions/0011).
  const work: Work = Object.assign(time, looks, own.calls, commandCalls(commands, applyDirectly), others)
  const sim: Sim = Object.assign(guard.calls(work), {
    seed: settings.seed,
    journal: guard.journal(journal),
    flows,
    dispose: guard.dispose,
  })
  const outside = createOutside({ kernel, calendar, cluster, podOf }, reachability, bringUpMs)
  return { sim, observer, cluster, journal, kernel, outside }
}

function endAll(...parts: readonly { end(): void }[]): void {
  for (const part of parts) part.end()
}

/** They begin when the cluster is up, as somebody installs them. */
function startProvisioners({ cluster, kernel, calendar, random }: Booted, { provisioners, minor }: SimSettings): Scope {
  const scope = new Scope()
  const { clientOf, linkFor } = cluster.controlPlane
  for (const one of provisioners) {
    const user = { name: `system:serviceaccount:kube-system:${one.name}`, groups: adminUser.groups }
    const link = linkFor(`provisioner/${one.name}`)
    startProvisioner({ kernel, calendar, random, minor, client: clientOf(user, link), scope }, one)
  }
  return scope
}

/** `fresh`, once it was asked what the other was. One that has come to another end would be a lie. */
function cloneOf(one: Pick<ObservedSim, 'sim' | 'cluster' | 'journal'>, log: CallLog, fresh: typeof one): Sim {
  const isSameSeed = fresh.sim.seed === one.sim.seed
  log.repeat(fresh.sim, isSameSeed)
  const standOf = ({ sim, cluster, journal }: typeof one) =>
    [
      sim.now(),
      cluster.controlPlane.server.store.revision,
      journal.records.length + (journal.forgotten?.records ?? 0),
    ].join(' ')
  if (!isSameSeed || standOf(one) === standOf(fresh)) return fresh.sim
  const what = 'controllers, admission hooks or programs of your own do not do the same twice'
  throw new SimUsageError(`clone: it came to another end than this simulation; ${what}`)
}

/** The calls that are command lines, or stand for one. */
function commandCalls(
  commands: Commands,
  applyDirectly: (manifest: object) => Applied,
): Pick<Work, 'apply' | 'start' | 'kubectl' | 'shell'> {
  return {
    apply: (...manifests) => applyAll(commands.kubectl, applyDirectly, manifests),
    kubectl: (line, commandOptions = {}) =>
      typeof line === 'string'
        ? commands.shell(`kubectl ${line}`, commandOptions)
        : commands.kubectl(line, commandOptions),
    shell: (script, commandOptions = {}) => commands.shell(script, commandOptions),
    start: (command, commandOptions = {}) => commands.start(command, commandOptions),
  }
}

/** What lies in etcd for a Secret. */
function etcdReader(
  server: RunningApiServer,
  { encryptionAtRest }: SimSettings,
  random: RandomStreams,
): (namespace: string, name: string) => Uint8Array | undefined {
  const encryption = encryptionAtRest
    ? { by: { provider: 'aescbc', keyName: 'key1' } as const, random: random.stream('etcd/encryption') }
    : undefined
  return (namespace, name) => {
    const secret = find<Secret>(server, 'Secret', name, namespace)
    return secret === undefined ? undefined : etcdSecretValue(secret, encryption)
  }
}

type Kubectl = (argv: readonly string[], options: CommandOptions) => CommandResult

function applyAll(
  kubectl: Kubectl,
  applyDirectly: (manifest: object) => Applied,
  manifests: readonly (string | object | readonly object[])[],
): void {
  for (const manifest of manifests.flat()) {
    const applied: Applied = typeof manifest === 'string' ? { kind: 'text' } : applyDirectly(manifest)
    if (applied.kind === 'applied') continue
    const stderr = applied.kind === 'refused' ? applied.stderr : refusalOfText(kubectl, manifest)
    if (stderr !== undefined) throw new SimUsageError(`the manifest was refused: ${stderr.trim()}`)
  }
}

function refusalOfText(kubectl: Kubectl, manifest: string | object): string | undefined {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
  const { exitCode, stderr } = kubectl(['apply', '-f', '-'], { stdin: text, commandTime: 0 })
  return exitCode === 0 ? undefined : stderr
}
