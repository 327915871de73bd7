/** A mistake that tests must notice: a text of one source file that is replaced by another. */
export interface Mutant {
  readonly name: string
  readonly file: string
  /** Stands exactly once in the file. */
  readonly from: string
  readonly to: string
  readonly noticedBy: {
    readonly tests: readonly string[]
    /** A pattern of titles: vitest's `-t`. */
    readonly titles?: string
  }
}

const timelines = (titles?: string): Mutant['noticedBy'] => ({
  tests: ['test/judge/timelines.test.ts'],
  ...(titles === undefined ? {} : { titles }),
})
const together = timelines('are drawn as the real ones were')
const sessions = (titles: string): Mutant['noticedBy'] => ({ tests: ['test/kubectl/sessions.test.ts'], titles })
const secrets = (titles: string): Mutant['noticedBy'] => ({ tests: ['test/apiserver/secrets-vectors.test.ts'], titles })

/** Recordings of real clusters notice them: `npm run mutants`. */
export const mutants: readonly Mutant[] = [
  {
    name: 'idle Pods are synced every 61..120 s, not 61..90 s',
    file: 'src/node/kubelet/pods/pod-workers.ts',
    from: 'resyncJitter: 0.5,',
    to: 'resyncJitter: 1,',
    noticedBy: together,
  },
  {
    name: 'Pods in error are synced every 11..25 s, not 11..15 s',
    file: 'src/node/kubelet/pods/pod-workers.ts',
    from: 'backOff: { baseMs: 10 * second, factor: 0.5 }',
    to: 'backOff: { baseMs: 10 * second, factor: 1.5 }',
    noticedBy: timelines('missing-env'),
  },
  {
    name: 'events are counted by four',
    file: 'src/client/event-correlator.ts',
    from: 'count: last.count + 1,',
    to: 'count: last.count + 4,',
    noticedBy: timelines('missing-vol-10min'),
  },
  {
    name: 'the runtime is looked at every 4 s, not every second',
    file: 'src/node/kubelet/loop/phases.ts',
    from: 'plegMs: second,',
    to: 'plegMs: 4 * second,',
    noticedBy: together,
  },
  {
    name: 'statuses are sent every 60 s, not every 10 s',
    file: 'src/node/kubelet/status/status-manager.ts',
    from: 'statusSyncPeriodMs = 10 * second',
    to: 'statusSyncPeriodMs = 60 * second',
    noticedBy: { tests: ['test/golden/golden.test.ts'], titles: 'dotfiles|unreachable' },
  },
  {
    name: 'describe prints its lines in another order',
    file: 'src/kubectl/describe/writer.ts',
    from: 'return alignTabs(this.#buffer, describeTabs)',
    to: "return alignTabs(`${this.#buffer.split('\\n').filter(Boolean).reverse().join('\\n')}\\n`, describeTabs)",
    noticedBy: sessions('page'),
  },
  {
    name: 'describe node prints another node',
    file: 'src/kubectl/describe/node.ts',
    from: "w.field(0, 'Name', textAt(node, 'metadata', 'name'))",
    to: "w.field(0, 'Name', textAt(node, 'metadata', 'name').replace('-1', '-2'))",
    noticedBy: { tests: ['test/kubectl/containers.test.ts'], titles: 'describe node' },
  },
  {
    name: 'pauses between tries of a mount grow threefold, not twofold',
    file: 'src/node/volumes/operation-back-off.ts',
    from: 'factor: 2,',
    to: 'factor: 3,',
    noticedBy: timelines('missing-vol'),
  },
  {
    name: 'pauses between tries of a mount grow to 4 min, not 2m2s',
    file: 'src/node/volumes/operation-back-off.ts',
    from: 'maxMs: 122_000',
    to: 'maxMs: 240_000',
    noticedBy: timelines('missing-vol'),
  },
  {
    name: 'a failed mount names its volume without quotes',
    file: 'src/node/volumes/reconciler.ts',
    from: 'failed for volume ${JSON.stringify(use.volume.name)} :',
    to: 'failed for volume ${use.volume.name} :',
    noticedBy: timelines('missing-vol'),
  },
  {
    name: 'the ttl of a copy is ignored',
    file: 'src/node/secrets/ttl-manager.ts',
    from: 'ageMs < ttlMs()',
    to: 'ageMs < 0 * ttlMs()',
    noticedBy: timelines('upd-cache'),
  },
  {
    name: 'a copy is fresh for twice its ttl',
    file: 'src/node/secrets/ttl-manager.ts',
    from: 'ageMs < ttlMs()',
    to: 'ageMs < 2 * ttlMs()',
    noticedBy: timelines('upd-cache'),
  },
  {
    name: 'an immutable Secret is watched on',
    file: 'src/node/secrets/watch-manager.ts',
    from: 'object?.immutable === true && this.options.freezesImmutable && !item.isImmutable',
    to: 'object?.immutable === true && this.options.freezesImmutable && item.isImmutable',
    noticedBy: timelines('immutable'),
  },
  {
    name: 'a mode of an item is not heeded',
    file: 'src/node/volumes/plugins/payload.ts',
    from: 'mode: mode ?? defaultMode })',
    to: 'mode: defaultMode })',
    noticedBy: timelines('projected|edges|normal-start'),
  },
  {
    name: 'an item whose key is missing is left out, though nothing is optional',
    file: 'src/node/volumes/plugins/payload.ts',
    from: 'else if (!optional) return',
    to: 'else if (optional) return',
    noticedBy: timelines('key-removed|edges'),
  },
  {
    name: 'the old directory of a volume is removed before the new one is linked',
    file: 'src/node/volumes/plugins/atomic-writer.ts',
    from: 'const renamed = fs.rename(temporary, this.#path(dataDirName))',
    to: 'fs.unlink(this.#path(dataDirName))\n    const renamed = fs.rename(temporary, this.#path(dataDirName))',
    noticedBy: timelines('order'),
  },
  {
    name: 'envFrom forgets its prefix',
    file: 'src/node/env/environment.ts',
    from: 'const name = prefix + key',
    to: 'const name = key',
    noticedBy: timelines('edges|env'),
  },
  {
    name: 'an optional reference to a Secret that is not there fails',
    file: 'src/node/env/environment.ts',
    from: 'skip: got.error.isNotFound && optional',
    to: 'skip: got.error.isNotFound && !optional',
    noticedBy: timelines('late-env'),
  },
  {
    name: 'a crashed container waits 20 s, not 10 s, before its first restart',
    file: 'src/node/kubelet/pods/back-off.ts',
    from: 'containerBackOff = { initialMs: 10 * second',
    to: 'containerBackOff = { initialMs: 20 * second',
    noticedBy: timelines('crash'),
  },
  {
    name: 'pauses of a crashed container triple',
    file: 'src/node/kubelet/pods/back-off.ts',
    from: 'Math.min(entry.delayMs * 2, this.#maxMs)',
    to: 'Math.min(entry.delayMs * 3, this.#maxMs)',
    noticedBy: timelines('crash|images'),
  },
  {
    name: 'a Secret may have 2 MiB',
    file: 'src/apiserver/registry/kinds/secret.ts',
    from: 'totalBytes > secretMaxBytes ?',
    to: 'totalBytes > 2 * secretMaxBytes ?',
    noticedBy: secrets('size'),
  },
  {
    name: 'keys of Secrets are not looked at',
    file: 'src/apiserver/registry/kinds/secret.ts',
    from: 'areKeysRight &&= configMapKey(key).length === 0',
    to: '',
    noticedBy: secrets('key'),
  },
  {
    name: 'a graceful deletion ends a second later than it says',
    file: 'src/apiserver/registry/delete.ts',
    from: 'core.context.calendar.at(core.context.kernel.now()) + seconds * 1000',
    to: 'core.context.calendar.at(core.context.kernel.now()) + seconds * 1000 + 1000',
    noticedBy: {
      tests: ['test/apiserver/pods.vectors.test.ts', 'test/controllers/vectors.test.ts', 'test/golden/golden.test.ts'],
    },
  },
  {
    name: 'the last grace of a silent node is 80 s',
    file: 'src/controllers/options.ts',
    from: 'has(minor, controllers.longerNodeGrace) ? 50_000 : 40_000',
    to: '80_000',
    noticedBy: timelines('outage|node-lost'),
  },
  {
    name: 'apply tells of a change where there was none',
    file: 'src/kubectl/commands/apply.ts',
    from: "report(current, 'unchanged')",
    to: "report(current, 'configured')",
    noticedBy: sessions('page|neighbours|workloads'),
  },
  {
    name: 'the binding tells of another node',
    file: 'src/scheduler/scheduling-cycle.ts',
    from: 'to ${node.name}`',
    to: 'to ${node.name}x`',
    noticedBy: timelines('normal-start'),
  },
  {
    name: 'the image is pulled though it is there',
    file: 'src/node/images/image-manager.ts',
    from: "container.imagePullPolicy ?? 'IfNotPresent'",
    to: "'Always'",
    noticedBy: timelines('images|crash'),
  },
  {
    name: 'delete has another word for what it did',
    file: 'src/kubectl/commands/delete.ts',
    from: "settings.gracePeriod === 0 ? 'force deleted' : 'deleted'",
    to: "settings.gracePeriod === 0 ? 'force deleted' : 'removed'",
    noticedBy: sessions('page'),
  },
  {
    name: 'a lease that nobody wrote looks as old as its last request',
    file: 'src/node/lease/node-lease.ts',
    from: 'return at !== undefined && at > (this.#toldAt ?? 0) ? at : undefined',
    to: 'return undefined',
    noticedBy: { tests: ['test/cluster/heartbeats.test.ts'] },
  },
  {
    name: 'an owner in another namespace is not told of',
    file: 'src/controllers/garbage-collector/graph.ts',
    from: 'if (isElsewhere && !ownerNode.isVirtual) queues.misplaced(node, owner.uid)',
    to: 'if (isElsewhere && ownerNode.isVirtual) queues.misplaced(node, owner.uid)',
    noticedBy: { tests: ['test/controllers/garbage.test.ts'] },
  },
  {
    name: 'a status that is merged by type keeps members that are gone',
    file: 'src/node/kubelet/status/status-patch.ts',
    from: '} else if (now === undefined) delete status[key]',
    to: '} else if (now === undefined) status[key] = old',
    noticedBy: { tests: ['test/node/kubelet/status'] },
  },
  {
    name: 'an ephemeral container is started again when it has ended',
    file: 'src/node/kubelet/pods/pod-actions.ts',
    from: '(pod.spec.ephemeralContainers ?? []).filter(({ name }) => !latestContainer(status, name))',
    to: "(pod.spec.ephemeralContainers ?? []).filter(({ name }) => latestContainer(status, name)?.state !== 'running')",
    noticedBy: { tests: ['test/node/kubelet/ephemeral-containers.test.ts'] },
  },
  {
    name: 'a file may be mounted over a directory',
    file: 'src/node/runtime/mount-refusal.ts',
    from: "return source.ok && (source.value.type === 'directory') !== (there === 'directory')",
    to: "return source.ok && source.value.type === 'directory' && there !== 'directory'",
    noticedBy: { tests: ['test/node/runtime/refusals.test.ts'] },
  },
  {
    name: 'a token that is renewed unseen stays in its files',
    file: 'src/node/volumes/plugins/content-kinds.ts',
    from: 'if (token !== undefined) files.set(serviceAccountToken.path',
    to: 'if (token === undefined) files.set(serviceAccountToken.path',
    noticedBy: { tests: ['test/node/kubelet/idle-polls.test.ts'] },
  },
  {
    name: 'an eviction takes nothing from the budget',
    file: 'src/apiserver/registry/kinds/pod-eviction.ts',
    from: 'disruptionsAllowed: (current.status?.disruptionsAllowed ?? 0) - 1,',
    to: 'disruptionsAllowed: current.status?.disruptionsAllowed ?? 0,',
    noticedBy: { tests: ['test/kubectl/drain.test.ts', 'test/controllers/pods-to-delete.test.ts'] },
  },
]
