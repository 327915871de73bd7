import type { Output } from './play-state.ts'

/** What the words on the screen mean, in a sentence each, with the clauses of the page that they come from. */
const glossary: readonly (readonly [word: string, meaning: string])[] = [
  ['Secret', 'an object of the API with a map of keys to values; values are base64 in it, which is no encryption (S6)'],
  ['revision', 'one writing of the Secret: A the first, B the next; the API server counts them by resourceVersion'],
  [
    'etcd',
    "where the API server stores objects; a Secret's bytes lie there in plain text unless encryption at rest is on (S6)",
  ],
  ['kubelet', 'the agent of a node: it syncs Pods, mounts their volumes, starts their containers'],
  [
    'sync',
    'the kubelet looks at one Pod anew and makes it what it is to be; it comes about once a minute for each Pod, and at changes',
  ],
  ['cache', 'copies of Secrets in the memory of the kubelet, held as long as a Pod on the node needs them (S1)'],
  ['Watch', 'strategy: the API server tells the kubelet of each change; the default (U2)'],
  ['Cache', 'strategy: the kubelet asks again when its copy is older than the ttl (U2)'],
  ['Get', 'strategy: the kubelet asks at every sync (U2)'],
  [
    'ttl',
    'how long a copy is good with strategy Cache: an annotation of the Node, larger in larger clusters; one minute where there is none',
  ],
  ['delay', 'from the writing to the new file: at most sync period and propagation delay of the cache (U3)'],
  ['tmpfs', 'a file system in memory: the files of Secret volumes never lie on the disk of the node (S2)'],
  [
    '..data',
    'a link that the kubelet turns to a new directory in one step, so that no reader sees old and new mixed (U1)',
  ],
  ['subPath', 'a mount of one file: bound when the container is created, never updated (U4)'],
  ['environment', 'fixed when the container is created, never updated in it (U4)'],
  ['immutable', 'a Secret whose data cannot change: kubelets close their watch on it (I1 to I3)'],
  [
    'back-off',
    'waits that double after each failure: half a second, one, two, four, up to about two minutes for volumes (L2)',
  ],
  ['FailedMount', 'the event that says why a volume is not there yet, and with it the Pod (L2)'],
  ['node authorizer', 'lets a kubelet read only Secrets that Pods on its own node refer to (S1)'],
  ['ServiceAccount', 'as whom a Pod speaks to the API server; its token is a Secret in v1.18 (O2)'],
  ['RBAC', 'who may do what: get on one Secret is much less than list, which shows them all (S4)'],
]

/** All of it, as a text to read. */
export const glossaryText: Output = {
  ...{ title: 'glossary', isMasked: false },
  text: glossary.map(([word, meaning]) => `${word}: ${meaning}`).join('\n\n'),
}
