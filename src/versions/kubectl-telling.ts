/** What kubectl tells of what was done, and of mistakes, from a minor version on. Rows of the table in `kubectl.ts`. */
export const tellingRows = {
  countsBytesOfBrokenJson: [
    21,
    'where JSON is broken is told in bytes, before that in lines',
    'apimachinery pkg/util/yaml/decoder.go, JSONSyntaxError; 2ab0da8a',
  ],
  namesSchemeShortly: [
    24,
    'the scheme that does not know a kind is named without its module (v1.20.2 names it, v1.24.0 does not: kubectl #1212; the minors in between were not looked up)',
    'apimachinery pkg/util/naming/from_stack.go, which cuts at /vendor/, at /src/ or at /pkg/',
  ],
  readsBrokenJsonAsYaml: [
    33,
    'what begins as JSON and is none is read as YAML',
    'apimachinery pkg/util/yaml/decoder.go, YAMLOrJSONDecoder; 9b3d085f',
  ],
  printsApiResources: [35, 'api-resources prints JSON and YAML, too', 'pkg/cmd/apiresources/apiresources.go'],
  reconcilesAsGiven: [22, 'auth reconcile adds no namespace to what has none', 'pkg/cmd/auth/reconcile.go, Complete'],
  namesParameters: [
    24,
    'what a kind does not support is named as it is sent',
    'cli-runtime pkg/resource/query_param_verifier.go',
  ],
  scaleTellsDryRun: [27, 'scale says `(dry run)` and `(server dry run)`', 'pkg/cmd/scale/scale.go, Complete'],
  triesAutoscalers: [27, 'autoscale takes --dry-run=server', 'pkg/cmd/autoscale/autoscale.go, Run'],
  namesPriorityClass: [
    21,
    'a priority class that cannot be made is not called a cluster role binding',
    'pkg/cmd/create/create_priorityclass.go, Run',
  ],
  listItemsNameTheirFile: [
    23,
    'failures of items of a List name their file',
    'cli-runtime pkg/resource/visitor.go, FlattenListVisitor',
  ],
  decodesAsGo: [
    23,
    'errors of manifests have the words of encoding/json, where they had those of json-iterator',
    'apimachinery go.mod, sigs.k8s.io/json since v0.23.0',
  ],
  tellsEmbeddedStructs: [
    35,
    'errors of manifests name inlined structs on the way to a field',
    'apimachinery go.mod, sigs.k8s.io/json v0.0.0-20250730193827 since v0.35.0',
  ],
  waitLooksOnce: [25, '`wait --timeout=0s` looks once', 'pkg/cmd/wait/condition.go, getObjAndCheckCondition'],
  cascadesByName: [20, '--cascade is a name; a boolean warns', 'pkg/cmd/delete/delete_flags.go, parseCascadingFlag'],
  annotateListsInAnyForm: [27, 'annotate takes --list with --output again', 'pkg/cmd/annotate/annotate.go, ToOptions'],
  warnsOfShortNames: [
    29,
    'a short name that several resources have warns of the others',
    'client-go restmapper/shortcut.go; cli-runtime pkg/genericclioptions/config_flags.go',
  ],
  hasNoAlphaCommands: [27, 'alpha has no commands', 'pkg/cmd/alpha.go'],
  historyPrintsRevisions: [26, '`rollout history -o` prints the revisions', 'pkg/cmd/rollout/rollout_history.go'],
  undoNamesNoDeployment: [
    26,
    'rollout undo of a paused Deployment does not name it',
    'pkg/polymorphichelpers/rollback.go',
  ],
  whoAmIWithoutHint: [35, 'auth whoami does not say which feature gate is off', 'pkg/cmd/auth/whoami.go'],
  logsTellOfNoPods: [21, '`logs -l` tells when no Pod matches', 'pkg/cmd/logs/logs.go'],
  annotateRefusesOutput: [19, 'annotate takes --list or --output', 'pkg/cmd/annotate/annotate.go'],
  exposesAllProtocols: [
    28,
    'expose makes a port for each protocol of a port',
    'pkg/cmd/expose/expose.go; pkg/polymorphichelpers/multiprotocolsforobject.go',
  ],
  exposesWithoutUsage: [24, 'mistakes of expose are told without the usage', 'pkg/cmd/expose/expose.go, RunExpose'],
  takesAnySubresource: [32, '--subresource is not only status and scale', 'pkg/cmd/get/get.go, Validate'],
  labelTellsDryRun: [26, 'label says `(dry run)` and `(server dry run)`', 'pkg/cmd/label/label.go, Complete'],
  localPatchSaysNotSupported: [
    21,
    '`strategic merge patch is not supported` in place of `cannot apply` for kinds that kubectl does not know',
    'pkg/cmd/patch/patch.go, getPatchedJSON',
  ],
} as const
