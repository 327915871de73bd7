import type { TermFacts } from './term.ts'

/** Accidents by the key with which a scenario or `sim.fault` names them. */
export const faultTerms: Readonly<Record<string, TermFacts>> = {
  apiServer: {
    means:
      '`unreachable`: nobody, or one node, gets an answer. `restart`: nobody does for a while, then another process answers, which remembers no events and at first knows no Pods of nodes: watches begin anew, and kubelets may get a 403. `slow`: answers take longer. `available` ends all of them, and `http`.',
    when: 'Pods that run go on, with the files that they have; nothing new starts, and updates wait.',
    clauses: ['L2', 'L6'],
    related: ['partition', 'http'],
  },
  http: {
    means:
      'The API server answers requests with 401, 409, 429, 500, 503 or 504 although nothing is wrong with them: those of a verb, a resource, a user or a node, and so many.',
    related: ['Conflict', 'TooManyRequests', 'InternalError'],
  },
  etcd: {
    means:
      '`slow`: what needs etcd takes longer: every write, and reads that the cache of the API server may not answer. Open watches deliver as before.',
    related: ['apiServer', 'http'],
  },
  credentials: {
    means:
      '`expired`: the API server takes a kubelet, or all, for nobody: requests and new watches get 401, watches that are open go on until they end. The node counts as not ready after a while, and what runs on it runs on.',
    clauses: ['L6'],
    related: ['Unauthorized', 'NodeNotReady'],
  },
  remove: {
    means:
      'A node that is taken away for good: its machine is switched off and its Node deleted. Its Pods are deleted some time after.',
    clauses: ['L6'],
    related: ['power', 'NodeNotReady'],
  },
  partition: {
    means:
      'A node is cut off from the API server. What runs on it runs on; after forty seconds (fifty in later versions) the node counts as not ready, after five minutes more its Pods are evicted.',
    clauses: ['L6'],
    related: ['NodeNotReady', 'TaintManagerEviction'],
  },
  watches: {
    means:
      '`drop`: open watches break, and clients open them again. `stall`: they stay open but deliver nothing, and nobody notices until they end.',
    clauses: ['U3'],
    related: ['Watch', 'Expired'],
  },
  memory: {
    means:
      '`low`: something that is no Pod takes the memory of a node. Below 100Mi, or what `evictionHard` and `evictionSoft` say, its kubelet tells MemoryPressure and evicts one Pod after the other, those first that use more than they asked for; Pods that ask for nothing are not taken. Pods that fill volumes in memory bring it about themselves.',
    clauses: ['L6'],
    related: ['Evicted', 'EvictionThresholdMet', 'disk'],
  },
  disk: {
    means:
      '`full`: something that is no Pod takes the disk of a node. Writes to it fail, ConfigMaps included; Secrets lie in memory and are updated as before. The kubelet tells DiskPressure, removes images that nobody uses and evicts Pods. `low`: it leaves so much that writes find room, but less than the kubelet wants to keep.',
    clauses: ['S2', 'L6'],
    related: ['Evicted', 'EvictionThresholdMet', 'memory', 'inodes', 'tmpfs'],
  },
  inodes: {
    means:
      '`low`: something that is no Pod makes very many files on the disk of a node. Below 5% of the inodes its kubelet tells DiskPressure, as when the disk is full.',
    clauses: ['L6'],
    related: ['Evicted', 'EvictionThresholdMet', 'disk'],
  },
  staleReads: {
    means:
      'Sieve calls it a stale state: a client reads from a cache of the API server that stands still. It acts on what was, and after a restart even lists what was; at the end it hears of everything, in its order.',
    clauses: ['U3'],
    related: ['watches', 'missedEvents'],
  },
  missedEvents: {
    means:
      'Sieve calls it an unobserved state: what happens meanwhile a client never sees, only what has come of it. Who counts on each change being seen goes wrong here.',
    clauses: ['U3'],
    related: ['watches', 'staleReads', 'Expired'],
  },
  crashInTheMiddle: {
    means:
      'Sieve calls it an intermediate state: a process crashes when a write of its own has been carried out, before it hears of that, and starts again with nothing in its memory.',
    clauses: ['L6'],
    related: ['kubelet', 'loseAnswers'],
  },
  loseAnswers: {
    means: 'Writes are carried out, but their answers are lost: who sent them does not know, and tries again.',
    related: ['Conflict', 'AlreadyExists'],
  },
  kubelet: {
    means:
      '`stop`, `start`, `restart` of the process: containers and mounts stay, its memory of Secrets is lost. While it is stopped nothing on its node follows an update.',
    clauses: ['L6'],
    related: ['Starting', 'cache'],
  },
  power: {
    means:
      'A machine is switched off or on: what runs on it ends, and what lies in memory is gone, the files of Secrets with it.',
    clauses: ['L6', 'S2'],
    related: ['reboot', 'tmpfs'],
  },
  reboot: {
    means: 'A machine goes down and comes back, after fifteen seconds unless said otherwise.',
    clauses: ['L6'],
    related: ['power', 'Rebooted', 'SandboxChanged'],
  },
  kill: {
    means:
      'The process of a container ends: with an exit code, 137 unless given, by a signal, or by the kernel for lack of memory (`oom`).',
    related: ['137', 'OOMKilled', 'CrashLoopBackOff'],
  },
  clock: {
    means: "A node's wall clock is ahead or behind. What it writes with a time is wrong by that much.",
    related: ['virtual time'],
  },
  registry: {
    means: 'Image registries, or one of them, do not answer. Images that are on a node already can be used.',
    clauses: ['P1'],
    related: ['ErrImagePull', 'ImagePullBackOff'],
  },
  controller: {
    means: 'A controller does nothing for a while; what it was told meanwhile it does afterwards.',
    related: ['controller.paused'],
  },
}
