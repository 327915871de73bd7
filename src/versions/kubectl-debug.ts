/** What `kubectl debug` does from a minor version on. Sources as in kubectl.ts. */
export const debugRows = {
  debugTargets: [
    22,
    'debug patches the Pod, tells which container it targets, and its Pods on nodes tolerate all taints',
    'pkg/cmd/debug/debug.go',
  ],
  debugWarnsWhileWaiting: [24, 'debug tells why its container waits', 'pkg/cmd/debug/debug.go, waitForContainer'],
  debugHasProfileFlag: [25, 'debug has --profile, and only `legacy` for it', 'pkg/cmd/debug/debug.go'],
  debugHasProfiles: [
    27,
    'debug takes files, and knows the profiles general, baseline, restricted and netadmin',
    'pkg/cmd/debug/profiles.go, NewProfileApplier',
  ],
  debugRestrictsMore: [
    28,
    'the profile restricted forbids escalation and asks for seccomp; copies lose startup probes',
    'pkg/cmd/debug/profiles.go',
  ],
  debugNetsWithoutPrivileges: [
    29,
    'the profile netadmin adds NET_RAW, and is privileged nowhere',
    'pkg/cmd/debug/profiles.go, netadminProfile',
  ],
  debugAsSysadmin: [30, 'debug knows the profile sysadmin', 'pkg/cmd/debug/profiles.go, NewProfileApplier'],
  debugKeeps: [31, 'flags of debug tell what a copy keeps', 'pkg/cmd/debug/profiles.go, KeepFlags'],
  debugWarnsOfLegacy: [32, 'debug tells that the profile legacy is deprecated', 'pkg/cmd/debug/debug.go, Validate'],
  debugWarnsOfUsers: [
    33,
    'debug warns of capabilities that a user other than root does not get',
    'pkg/cmd/debug/debug.go, displayWarning',
  ],
  debugLabelsNodePods: [34, 'Pods of debug on nodes have a label', 'pkg/cmd/debug/debug.go, generateNodeDebugPod'],
  debugTellsLegacyEnds: [
    36,
    'debug takes the profile general, and tells when legacy will go',
    'pkg/cmd/debug/debug.go, Validate',
  ],
} as const
