import type { TermFacts } from './term.ts'

/** What the words on the screen and on the page mean: the player's glossary shows these. */
export const words: Readonly<Record<string, TermFacts>> = {
  Secret: {
    means: 'An object of the API with a map of keys to values; values are base64 in it, which is no encryption.',
    clauses: ['O1', 'S6'],
    related: ['data', 'etcd'],
  },
  revision: {
    means: 'One writing of the Secret: A the first, B the next; the API server counts them by resourceVersion.',
    related: ['resourceVersion'],
  },
  etcd: {
    means:
      "Where the API server stores objects; a Secret's bytes lie there in plain text unless encryption at rest is on.",
    clauses: ['S6'],
  },
  kubelet: {
    means: 'The agent of a node: it syncs Pods, mounts their volumes, starts their containers.',
    related: ['sync', 'cache'],
  },
  sync: {
    means:
      'The kubelet looks at one Pod anew and makes it what it is to be; it comes about once a minute for each Pod, and at changes.',
    clauses: ['U1'],
    related: ['syncFrequency', 'pod.sync'],
  },
  cache: {
    means: 'Copies of Secrets in the memory of the kubelet, held as long as a Pod on the node needs them.',
    clauses: ['S1', 'U2'],
    related: ['Watch', 'Cache', 'Get'],
  },
  Watch: {
    means: 'Strategy: the API server tells the kubelet of each change; the default.',
    clauses: ['U2'],
    related: ['configMapAndSecretChangeDetectionStrategy', 'Cache', 'Get'],
  },
  Cache: {
    means: 'Strategy: the kubelet asks again when its copy is older than the ttl.',
    clauses: ['U2'],
    related: ['ttl', 'Watch', 'Get'],
  },
  Get: { means: 'Strategy: the kubelet asks at every sync.', clauses: ['U2'], related: ['sync', 'Watch', 'Cache'] },
  ttl: {
    means:
      'How long a copy is good with strategy Cache: an annotation of the Node, larger in larger clusters; one minute where there is none.',
    clauses: ['U3'],
    related: ['Cache', 'delay'],
  },
  delay: {
    means: 'From the writing to the new file: at most sync period and propagation delay of the cache.',
    clauses: ['U3'],
    related: ['syncFrequency', 'ttl', 'subPath'],
  },
  tmpfs: {
    means: 'A file system in memory: the files of Secret volumes never lie on the disk of the node.',
    clauses: ['S2'],
    related: ['Rebooted'],
  },
  '..data': {
    means: 'A link that the kubelet turns to a new directory in one step, so that no reader sees old and new mixed.',
    clauses: ['U1', 'V6'],
    related: ['subPath'],
  },
  environment: {
    means: 'Fixed when the container is created, never updated in it.',
    clauses: ['U4'],
    related: ['secretKeyRef', 'envFrom', 'rollout'],
  },
  'back-off': {
    means:
      'Waits that double after each failure: half a second, one, two, four, up to about two minutes for volumes; ten seconds to five minutes for containers and images.',
    clauses: ['L2'],
    related: ['FailedMount', 'CrashLoopBackOff', 'ImagePullBackOff'],
  },
  rollout: {
    means:
      'A Deployment replaces its Pods step by step, because its template changed or `kubectl rollout restart` asked for it. New containers read Secrets anew.',
    clauses: ['U4'],
    related: ['ScalingReplicaSet', 'ProgressDeadlineExceeded'],
  },
  'node authorizer': {
    means: 'Lets a kubelet read only Secrets that Pods on its own node refer to.',
    clauses: ['S1'],
    related: ['Forbidden', 'RBAC'],
  },
  ServiceAccount: {
    means: 'As whom a Pod speaks to the API server; its token is a Secret in v1.18, and made for each Pod later.',
    clauses: ['O2', 'P2', 'P4'],
    related: ['RBAC', 'automountServiceAccountToken'],
  },
  RBAC: {
    means: 'Who may do what: get on one Secret is much less than list, which shows them all.',
    clauses: ['S4'],
    related: ['Forbidden'],
  },
  seed: {
    means:
      'The text from which all that is left to chance is drawn. The same scenario with the same seed gives the same run, byte for byte, on every machine.',
    source: 'src/kernel/random.ts',
    related: ['digest'],
  },
  digest: {
    means: 'Sixteen digits over everything that happened in a run: two runs that have the same were the same.',
    source: 'src/kernel/digest.ts',
    related: ['seed', 'journal'],
  },
  journal: {
    means:
      'The list of all that happened in a run, each record with its time, who did it, and the record that led to it.',
    source: 'src/kernel/journal.ts',
    related: ['digest', 'why'],
  },
  why: {
    means:
      'What led to the state that an object is in: `podsim why SCENARIO OBJECT`, `w` in the player, `sim.why` in the library.',
    source: 'src/looks/why.ts',
    related: ['journal'],
  },
  'virtual time': {
    means:
      'The time of the simulated cluster. It passes as fast as the simulator works; a day takes seconds. Scenarios count it from the start.',
    source: 'src/kernel/kernel.ts',
  },
  'exit code': {
    means:
      'What a program leaves when it ends: 0 is well, 1 to 255 is not; above 128 it is 128 and the number of the signal that ended it.',
    related: ['CrashLoopBackOff', '0', '137', '143'],
  },
}
