/**
 * What kubectl prints differs by its version. A difference that several commands share is a field here, told by the
 * first minor version that has it; one that a single line has stands beside that line, as a comparison with `minor`.
 */
export interface ClientVersion {
  /** `v1.18.20`. */
  readonly gitVersion: string
  readonly minor: number
  /** Of what cobra itself prints: `Error: unknown flag`. Source: pkg/cmd/cmd.go, 1.21 prints `error: `. */
  readonly parserErrorPrefix: 'Error' | 'error'
  /** `Run 'kubectl --help' for usage.` after an unknown command. */
  readonly unknownCommandHint: boolean
  /** `Warning:` in place of `warning:` before an immediate deletion (1.21). */
  readonly forceDeleteWarning: string
  /** The long text about a missing last-applied annotation (1.20). */
  readonly longLastAppliedWarning: boolean
  /** fieldManager parameter on all writes (1.20). */
  readonly sendsFieldManager: boolean
  /** managedFields are left out of `-o yaml` and `-o json` (1.21). */
  readonly hidesManagedFields: boolean
  /** managedFields are stripped before an edit (1.19). */
  readonly editHidesManagedFields: boolean
  /** jsonpath prints maps and lists as JSON rather than as Go prints them (1.19). */
  readonly jsonpathPrintsJson: boolean
  /** `unlabeled` in place of `labeled` when labels were only removed (1.23). */
  readonly saysUnlabeled: boolean
  /** A label that has the wanted value already is no conflict (1.21). */
  readonly sameLabelIsFine: boolean
  /** `resource mapping not found for name: ...` (1.24). */
  readonly longMappingError: boolean
  /** Validation on the server with fieldValidation= where it offers that (1.25). */
  readonly serverSideValidation: boolean
  /** `error: failed to create secret ...` (1.21). */
  readonly wrapsCreateErrors: boolean
  /** `Service Account:` in describe pod (1.25). */
  readonly describesServiceAccount: boolean
  /** `op=Exists` in tolerations (1.19). */
  readonly tolerationOperator: boolean
  /** `Node-Selectors:` and `Tolerations:` of pod templates (1.31). */
  readonly describesTemplateScheduling: boolean
  /** `<none>` for annotations of which only last-applied exists (1.19). */
  readonly emptyAnnotationsAreNone: boolean
  /** A pointer's address in place of `true` or `false` for `optional` of projected volumes (until 1.32). */
  readonly projectedOptionalIsPointer: boolean
  /** `Age` in place of `AGE` in describe node (1.21). */
  readonly nodeAgeColumn: 'AGE' | 'Age'
  /** `diff` masks the data of secrets (1.22). */
  readonly diffMasksSecrets: boolean
  /** `from NS namespace` after a deletion (1.34). */
  readonly saysDeletedFrom: boolean
  /** `no name was specified` (1.21). */
  readonly shortDeleteError: boolean
  /** APIVERSION in api-resources rather than APIGROUP (1.20). */
  readonly apiResourcesVersion: boolean
  /** `error: error from server (NotFound): pods "x" not found in namespace "y"` (1.30). */
  readonly wrapsLogErrors: boolean
  /** `Defaulted container` in place of `Defaulting container name to` (1.21). */
  readonly defaultedContainer: boolean
  /** `exec POD COMMAND` without `--` is refused (1.31). */
  readonly execNeedsDash: boolean
  /** `wait --for=jsonpath=` (1.23). */
  readonly waitsForJsonpath: boolean
  /** `wait --for=delete` of what is not there ends well (1.21). */
  readonly waitForDeleteAcceptsNothing: boolean
  /** `version` prints Go structs (until 1.27). */
  readonly versionPrintsStruct: boolean
  /** jsonpath-as-json output format (1.19). */
  readonly jsonpathAsJson: boolean
  /** creationTimestamp: null in objects that kubectl makes (until 1.33). */
  readonly printsNullCreationTimestamp: boolean
  /** A 403 on watch is told by its Status (1.21); before as `unknown (get ...)`. */
  readonly watchErrorIsStatus: boolean
  /** An Invalid status without kind tells its message (1.21). */
  readonly invalidTellsMessage: boolean
  /** Cronjobs of batch/v1beta1 are not taken by `create job --from` (1.25). */
  readonly cronJobsV1Only: boolean
  /** Discovery failures are logged five times before the error (1.26). */
  readonly logsDiscoveryFailures: boolean
  /** `Warning: key x transferred to X` from `set env` (1.20). */
  readonly warnsOfTransferredKeys: boolean
}

/** Minor versions of kubectl whose differences are told here. */
export const kubectlMinors: readonly number[] = Array.from({ length: 19 }, (_, i) => 18 + i)

export function clientVersion(version: string): ClientVersion {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 18)
  const since = (first: number): boolean => minor >= first
  return {
    gitVersion: version.startsWith('v') ? version : `v${version}`,
    minor,
    parserErrorPrefix: since(21) ? 'error' : 'Error',
    unknownCommandHint: !since(21),
    forceDeleteWarning: since(21) ? 'Warning' : 'warning',
    longLastAppliedWarning: since(20),
    sendsFieldManager: since(20),
    hidesManagedFields: since(21),
    editHidesManagedFields: since(19),
    jsonpathPrintsJson: since(19),
    saysUnlabeled: since(23),
    sameLabelIsFine: since(21),
    longMappingError: since(24),
    serverSideValidation: since(25),
    wrapsCreateErrors: since(21),
    describesServiceAccount: since(25),
    tolerationOperator: since(19),
    describesTemplateScheduling: since(31),
    emptyAnnotationsAreNone: since(19),
    projectedOptionalIsPointer: !since(33),
    nodeAgeColumn: since(21) ? 'Age' : 'AGE',
    diffMasksSecrets: since(22),
    saysDeletedFrom: since(34),
    shortDeleteError: since(21),
    apiResourcesVersion: since(20),
    wrapsLogErrors: since(30),
    defaultedContainer: since(21),
    execNeedsDash: since(31),
    waitsForJsonpath: since(23),
    waitForDeleteAcceptsNothing: since(21),
    versionPrintsStruct: !since(28),
    jsonpathAsJson: since(19),
    printsNullCreationTimestamp: !since(34),
    watchErrorIsStatus: since(21),
    invalidTellsMessage: since(21),
    cronJobsV1Only: since(25),
    logsDiscoveryFailures: since(26),
    warnsOfTransferredKeys: since(24),
  }
}
